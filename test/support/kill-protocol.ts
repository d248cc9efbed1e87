import type { OpeningOptions } from '@assay/runtime';
import type { Day } from '@assay/domain';
import type { StoryCycle } from './company.js';
import type { LoadWorld } from './team-load.js';

/** What a log of the kill test begins with. */
export interface Founding {
  readonly opening: OpeningOptions;
  readonly cycle: StoryCycle;
  readonly today: Day;
}
/** What the kill test asks the application for, a JSON line each, after a first line that lets it open the log. */
export type Asked =
  | { readonly found: Founding }
  /** Write on, each writer from its next command. */
  | { readonly run: { readonly world: LoadWorld; readonly from: readonly number[] } }
  /** Say these commands again. */
  | { readonly again: { readonly world: LoadWorld; readonly commands: readonly { readonly writer: number; readonly n: number }[] } }
  | { readonly pause: true };

/** A writer's nth command as it was answered. */
export interface Answer {
  readonly writer: number;
  readonly n: number;
  readonly commandId: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number | null;
  readonly repeated: boolean;
}
/** What the application says, a JSON line each. */
export type Told =
  | { readonly loaded: true }
  | { readonly open: string }
  | { readonly founded: LoadWorld }
  | { readonly acknowledged: Answer }
  | { readonly again: readonly Answer[] }
  /** Everything that follows is at this position, the head. */
  | { readonly paused: number };
