import type { Recorded } from '@assay/domain';
import type { Finder } from './finder.js';
import type { CommandMessage } from './outcome.js';
import type { Folds, Reader } from './reader.js';

/**
 * Process managers and durable timers (`architecture.md`, Folders): they follow the log from a stored checkpoint,
 * which is only a hint, and issue SYSTEM commands whose ids derive from the event that caused them. Exactly-once
 * comes from the command id in the target stream, so an event seen twice does no harm.
 */
export interface SystemCommand extends Pick<CommandMessage, 'aggregate' | 'type' | 'id' | 'data'> {
  /** The event that causes it. */
  readonly cause: Recorded;
  /** Commands of one key are carried out in order; a command refused for good parks its key only. */
  readonly key: string;
  /** Tells apart several commands that one event causes; it becomes part of the command id. */
  readonly part: string;
}

/** What a process manager may read: the log's present, at one position. */
export interface Reaction {
  readonly reader: Reader;
  readonly finder: Finder;
  readonly folds: Folds;
}

/** Turns events into SYSTEM commands; it holds no state of its own. */
export interface ProcessManager {
  readonly name: string;
  /** Event types it follows. */
  readonly types: readonly string[];
  /** What the events, in log order, set in motion. It reads the log's present state: commands it issues are safe to repeat. */
  react(events: readonly Recorded[], at: Reaction): Promise<readonly SystemCommand[]>;
}

/** A command to be issued at an instant. Its id is that of the event that set it, and its purpose. */
export interface Timer {
  readonly id: string;
  /** Milliseconds since 1970 by the log's clock. */
  readonly dueAt: number;
  readonly aggregate: string;
  readonly type: string;
  readonly streamId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly causeEventId: string;
  readonly rootActor: string | null;
  readonly correlationId: string;
}

/** Sets timers from events: pure. `endOfDay` gives the instant at which a day ends in the company's zone. */
export type TimersOf = (event: Recorded, endOfDay: (day: string) => number) => readonly Timer[];

/** Work that was refused for good: shown, alarmed, and holding back its key only. */
export interface ParkedWork {
  readonly manager: string;
  readonly key: string;
  readonly eventId: string;
  readonly position: number;
  readonly command: string;
  readonly code: string;
}

/** Another process took the lead: it carries out the work, and ends what this one began. */
export class LeadLost extends Error {
  readonly code = 'LEAD_LOST';
}
export const isLeadLost = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'LEAD_LOST';

/** Where the checkpoint, the timers and parked work survive a restart. */
export interface ProcessStore {
  /** Position up to which everything was carried out, -1 at first. */
  checkpoint(): Promise<number>;
  /** Stores the checkpoint together with the timers set and the work parked up to it. */
  commit(progress: { readonly position: number; readonly timers: readonly Timer[]; readonly parked: readonly ParkedWork[] }): Promise<void>;
  /** Timers due at or before the instant, in order of due instant, then id. */
  due(now: number, max: number): Promise<readonly Timer[]>;
  /** The next due instant of any timer, or null. */
  nextDue(): Promise<number | null>;
  finish(timerId: string): Promise<void>;
  parked(): Promise<readonly ParkedWork[]>;
  /** Forgets the parked work and sets the checkpoint back before it: what was done since is repeated without effect. */
  unpark(work: Pick<ParkedWork, 'manager' | 'key'>): Promise<void>;
  /**
   * True while this process is the one that carries out the work; others stand by. Takes the lead where nobody who lives
   * has it, and holds it on; once it was ours, what is committed is refused (`isLeadLost`) after another took over.
   */
  lead(): Promise<boolean>;
  /** Before each command of a batch: goes on while the lead is ours, throws (`isLeadLost`) once another has it. */
  stillLead(): Promise<void>;
  /** Whether a living process carries out the work, this one or another. */
  led(): Promise<boolean>;
  /** Gives the lead back. */
  close(): Promise<void>;
}
