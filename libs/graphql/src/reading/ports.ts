import type { CompanyState, Recorded } from '@assay/domain';
import type { Head } from '@assay/event-log';
import type { CommandExecutor } from '../edge/command-bus.module.js';
import type { ReadModels } from '@assay/read-models';

/** What the edge reads of the log itself: where it ends, its clock, and single streams for a recomputation. */
export interface LogSource {
  readonly logId: string;
  head(): Promise<Head>;
  /** The last position recorded at or before the time (ms), -1 where none is. */
  positionAt(time: number): Promise<number>;
  /** The log clock, ms. */
  now(): Promise<number>;
  readStream(stream: string, options?: { readonly from?: number; readonly to?: number }): Promise<readonly Recorded[]>;
}

/** What the queries, mutations and subscriptions of the product stand on; an application wires it from one open log. */
export interface FeaturePorts {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly log: LogSource;
  /** The company as it is now; `ABSENT` before the log is opened. */
  company(): Promise<CompanyState>;
  readonly serving: ServingFacts;
}
/** How this process serves the log, as `log` shows it. */
export interface ServingFacts {
  readonly mode: 'DEMO' | 'PRODUCTION';
  /** Whether the login that serves is unable to change what the log holds. */
  readonly protection: 'PROTECTED' | 'UNPROTECTED';
}
/** Nest's token for the ports. */
export const FEATURE_PORTS = Symbol('FeaturePorts');
