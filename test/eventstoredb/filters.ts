import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { EPOCHS, type LogRecord } from './log-record.js';

/** What a subscription to `$all` asks to see, and how often it wants to know how far it was searched. */
export interface Filter {
  readonly allows: (record: LogRecord) => boolean;
  readonly searchWindow: number;
  /** After how many events looked at a checkpoint is due; null without a filter. */
  readonly checkpointInterval: number | null;
}

/** Events a page, and the window of a filter that names none. */
export const PAGE_SIZE = 32;

/** Everything but the epochs. */
export const everything = (record: LogRecord): boolean => record.stream !== EPOCHS;

export function filterOf(options: ReadReq.Options.FilterOptions | undefined): Filter {
  if (options === undefined) return { allows: everything, searchWindow: Number.POSITIVE_INFINITY, checkpointInterval: null };
  const expression = options.getStreamIdentifier() ?? options.getEventType();
  const regex = expression?.getRegex() ?? '';
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = new RegExp(regex);
  const subject = (record: LogRecord): string => (options.hasStreamIdentifier() ? record.stream : record.type);
  const matches = (text: string): boolean => (regex === '' ? prefixes.some((prefix) => text.startsWith(prefix)) : pattern.test(text));
  const searchWindow = options.hasMax() ? options.getMax() : PAGE_SIZE;
  return {
    allows: (record) => everything(record) && matches(subject(record)),
    searchWindow,
    checkpointInterval: options.getCheckpointintervalmultiplier() * searchWindow,
  };
}
