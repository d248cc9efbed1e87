import { canonicalText, isRejection, reject, sha256Hex, type Decision, type EventMeta } from '@assay/domain';
import { dayAt, inSpan, isLogError, NO_STREAM, SharedAsk, type AppendOptions, type AppendResult, type Head } from '@assay/event-log';
import type { Finder } from './finder.js';
import { derivedId, type AnyHandler, type Command, type DecidedEvent, type DerivedIds, type Gathering } from './handler.js';
import { CommandError, type CommandMessage, type CommandOutcome } from './outcome.js';
import { commandKey, FoldCache, Reader, type Folded, type Folds, type KnownCommand, type StreamSource } from './reader.js';

/** What the executor needs of the event store. */
export interface DomainLog extends StreamSource {
  readonly logId: string;
  append(stream: string, events: readonly OutgoingEvent[], expected: typeof NO_STREAM | number, options?: AppendOptions): Promise<AppendResult>;
  head(): Promise<Head>;
  now(): Promise<number>;
}
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly meta: EventMeta;
}

/** The company as far as every command needs it. */
interface CompanyState {
  readonly timeZone?: string;
  readonly status?: string;
}

const DECISIONS_MAX = 4;
const COMPANY = 'company';

interface Attempt {
  readonly message: CommandMessage;
  readonly handler: AnyHandler;
  readonly actor: string;
  readonly digest: string;
  readonly stream: string;
  readonly ids: DerivedIds;
}

/**
 * Carries out commands: fold, look for the command, gather, may it, decide, append
 * (`architecture.md`, The log port; `domain.md`, Order of checks). It holds no state but the fold cache, so any number
 * of processes may run it: the expected revision decides between them.
 *
 * Throws `CommandError` (NOT_FOUND, FORBIDDEN, CONCURRENT_CHANGE, COMMAND_ID_REUSED, BAD_USER_INPUT) and what the log
 * throws; a broken rule is a value.
 */
export class Executor {
  readonly cache: FoldCache;
  private readonly handlers: ReadonlyMap<string, AnyHandler>;
  private readonly clock: SharedAsk<number>;

  constructor(
    private readonly log: DomainLog,
    handlers: readonly AnyHandler[],
    private readonly finder: Finder,
  ) {
    this.handlers = new Map(handlers.map((handler) => [handler.aggregate, handler]));
    this.cache = new FoldCache(log, this.folds);
    this.clock = new SharedAsk(() => log.now());
  }

  get folds(): Folds {
    return Object.fromEntries([...this.handlers].map(([aggregate, { fold }]) => [aggregate, fold]));
  }

  /** A reader of all aggregates at the log's head. */
  async reader(): Promise<Reader> {
    return new Reader(this.cache, await this.cache.catchUp());
  }

  /** The log clock, ms. */
  now(): Promise<number> {
    return this.clock.get();
  }

  execute(message: CommandMessage): Promise<CommandOutcome> {
    return inSpan('assay.command', { 'assay.command': `${message.aggregate}.${message.type}` }, async (span) => {
      const outcome = await this.decided(this.prepare(message));
      span.setAttribute('assay.outcome', 'rejection' in outcome ? outcome.rejection.rejected : outcome.accepted.repeated ? 'REPEATED' : 'ACCEPTED');
      return outcome;
    });
  }

  private async decided(attempt: Attempt): Promise<CommandOutcome> {
    let conflict: unknown;
    for (let round = 0; round < DECISIONS_MAX; round += 1) {
      try {
        return await this.once(attempt);
      } catch (error) {
        if (isLogError(error, 'OutcomeUnknown')) return this.afterUnknown(attempt, error);
        if (!isLogError(error, 'RevisionConflict')) throw error;
        conflict = error;
      }
    }
    throw new CommandError('CONCURRENT_CHANGE', 'The aggregate kept changing while the command was decided.', { stream: attempt.stream, cause: String(conflict) });
  }

  private prepare(message: CommandMessage): Attempt {
    const handler = this.handlers.get(message.aggregate);
    if (handler?.commands[message.type] === undefined) throw new CommandError('BAD_USER_INPUT', `There is no command ${message.aggregate}.${message.type}.`);
    const actor = message.issuer === 'SYSTEM' ? 'SYSTEM' : message.issuer.personId;
    const of = (...parts: readonly string[]): string => derivedId(this.log.logId, parts);
    const ids: DerivedIds = { of, fresh: of(actor, message.commandId) };
    const stream = handler.stream(message, ids);
    const digest = sha256Hex(canonicalText({ stream, type: message.type, data: message.data, reason: message.reason ?? null }));
    return { message, handler, actor, digest, stream, ids };
  }

  private async once(attempt: Attempt): Promise<CommandOutcome> {
    const { message, handler, stream } = attempt;
    const [reader, logNow] = await Promise.all([this.reader(), message.simulatedNow ?? this.now()]);
    const folded = await reader.folded(stream);
    const known = this.knownIn(folded, attempt);
    if (known) return this.repeated(attempt, known);
    const gathering = await this.gathering(attempt, reader, logNow);
    const command: Command = { type: message.type, data: message.data, ...(message.reason === undefined ? {} : { reason: message.reason }) };
    const world = await handler.world(command, folded.state, gathering);
    const authority = this.authorise(attempt, { command, folded, world });
    if (typeof authority !== 'string') return authority;
    // The decider of the company says itself what it takes in a closed log.
    if (gathering.isClosed && stream !== COMPANY) return { rejection: reject('LOG_CLOSED') };
    const decision = this.decide(attempt, { command, folded, world });
    if (isRejection(decision)) return { rejection: decision };
    if (decision.events.length === 0) return accepted(attempt, { revision: folded.revision, position: folded.position, cursor: null });
    const events = decision.events.map((event, index) => this.outgoing(attempt, { event, index, authority, state: folded.state, world }));
    const options: AppendOptions = message.simulatedNow === undefined ? {} : { simulatedNow: message.simulatedNow };
    const result = await this.log.append(stream, events, folded.revision < 0 ? NO_STREAM : folded.revision, options);
    return accepted(attempt, result);
  }

  private knownIn(folded: Folded, { actor, message, digest }: Attempt): KnownCommand | undefined {
    const known = folded.commands.get(commandKey(actor, message.commandId));
    if (known && known.digest !== digest) throw new CommandError('COMMAND_ID_REUSED', 'This commandId was used for another command.', { commandId: message.commandId });
    return known;
  }

  private repeated(attempt: Attempt, known: KnownCommand): CommandOutcome {
    return { accepted: { stream: attempt.stream, revision: known.lastRevision, position: known.position, cursor: null, repeated: true, commandId: attempt.message.commandId } };
  }

  /** The append may have landed after all: the stream itself says so; otherwise the caller repeats with the same id. */
  private async afterUnknown(attempt: Attempt, error: unknown): Promise<CommandOutcome> {
    const known = this.knownIn(await this.cache.latest(attempt.stream), attempt);
    if (known) return this.repeated(attempt, known);
    throw error;
  }

  private async gathering(attempt: Attempt, reader: Reader, now: number): Promise<Gathering & { readonly isClosed: boolean }> {
    // Read apart from the decision's basis: every command knows time zone and standing, few rest on the company.
    const { timeZone = 'UTC', status } = (await this.cache.latest(COMPANY, reader.position)).state as CompanyState;
    return {
      isClosed: status === 'CLOSED',
      reader,
      finder: this.finder,
      folds: this.folds,
      issuer: attempt.message.issuer,
      message: attempt.message,
      stream: attempt.stream,
      timeZone,
      now,
      logId: this.log.logId,
      actor: attempt.actor,
      today: dayAt(now, timeZone),
      newId: newIdOf(attempt),
    };
  }

  /** The policy that allows it, or how it is refused: unreadable as absent, forbidden, own case. */
  private authorise({ message, handler }: Attempt, of: { command: Command; folded: Folded; world: unknown }): string | CommandOutcome {
    const { command, folded, world } = of;
    const definition = handler.commands[command.type];
    if (message.issuer === 'SYSTEM') return 'SYSTEM';
    if (definition?.system) throw new CommandError('FORBIDDEN', 'Only timers and process managers issue this.');
    if (definition?.creates !== true && folded.revision < 0) throw notFound();
    if (folded.revision >= 0 && !handler.mayRead(message.issuer, folded.state, world)) throw notFound();
    const verdict = handler.may(message.issuer, command, { state: folded.state, world });
    if ('authority' in verdict) return verdict.authority;
    if (verdict.denied === 'OWN_CASE') return { rejection: reject('OWN_CASE') };
    throw new CommandError('FORBIDDEN', 'Your roles do not allow this.');
  }

  private decide({ message, handler }: Attempt, of: { command: Command; folded: Folded; world: unknown }): Decision<DecidedEvent> {
    const { command, folded, world } = of;
    if (message.expectedRevision !== undefined && message.expectedRevision !== folded.revision)
      throw new CommandError('CONCURRENT_CHANGE', 'The aggregate has changed since it was read.', { expected: message.expectedRevision, actual: folded.revision });
    const unexplained = handler.commands[command.type]?.reason === 'required' && (command.reason ?? '').trim() === '';
    // What SYSTEM does is explained by the event that caused it.
    if (unexplained && message.issuer !== 'SYSTEM') return reject('REASON_MISSING');
    return handler.decide(folded.state, command, world);
  }

  private outgoing(attempt: Attempt, of: { event: DecidedEvent; index: number; authority: string; state: unknown; world: unknown }): OutgoingEvent {
    const { message, handler, actor, digest, stream } = attempt;
    const { event, index, state, world } = of;
    const bySystem = actor !== 'SYSTEM' && handler.systemTypes?.has(event.type) === true;
    const root = bySystem ? actor : message.causation?.rootActor;
    const subject = handler.subject?.(event, state, world);
    const effectiveOn = handler.effectiveOn?.(event);
    const meta: EventMeta = {
      actor: bySystem ? 'SYSTEM' : actor,
      authority: bySystem ? 'SYSTEM' : of.authority,
      commandId: message.commandId,
      commandDigest: digest,
      correlationId: message.correlationId ?? message.commandId,
      ...(message.causation === undefined ? {} : { causationId: message.causation.eventId }),
      ...(root === undefined ? {} : { rootActor: root }),
      ...(message.reason === undefined ? {} : { reason: message.reason }),
      ...(effectiveOn === undefined ? {} : { effectiveOn }),
      ...(subject === undefined ? {} : { subject }),
    };
    return { id: attempt.ids.of('event', actor, stream, message.commandId, String(index)), type: event.type, data: event.data, meta };
  }
}

/** What a creating command makes is named by its stream; what is made inside a stream, by actor and command. */
function newIdOf({ handler, message, stream, ids }: Attempt): string {
  return handler.commands[message.type]?.creates === true ? stream.slice(stream.indexOf('-') + 1) : ids.fresh;
}

const notFound = (): CommandError => new CommandError('NOT_FOUND', 'Not found.');

function accepted({ stream, message }: Attempt, at: { revision: number; position: number | null; cursor: string | null }): CommandOutcome {
  return { accepted: { stream, revision: at.revision, position: at.position, cursor: at.cursor, repeated: false, commandId: message.commandId } };
}
