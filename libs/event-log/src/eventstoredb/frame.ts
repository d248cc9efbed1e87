import { canonicalText } from '@assay/domain';
import { LogError } from '../errors.js';

/** What the adapter keeps beside an event's own metadata. */
export interface FrameHead {
  readonly schemaVersion: number;
  /** How many events of the same append follow; left out where none does. */
  readonly more?: number;
  /** The instant that the loader of a simulated log gave, ms. */
  readonly instant?: number;
  /** When the event was recorded in the log that it was moved from, ms. */
  readonly recordedAt?: number;
}

const OPENING = '{"assay":';
const BETWEEN = ',"meta":';

/** The bytes stored as an event's metadata: canonical JSON `{"assay":<head>,"meta":<meta>}`, in which the meta bytes stand as they are. */
export function frameOf(head: FrameHead, meta: Uint8Array): Uint8Array {
  const text = Buffer.from(`${OPENING}${canonicalText(head, 'LEAVE_OUT')}${BETWEEN}`, 'utf8');
  const framed = new Uint8Array(text.length + meta.length + 1);
  framed.set(text);
  framed.set(meta, text.length);
  framed[framed.length - 1] = 0x7d;
  return framed;
}

/** Head and meta of stored metadata, as the client has parsed it. `LogDiverged` for metadata that no log of ours wrote. */
export function readFrame(metadata: unknown, at: { readonly stream: string; readonly revision: number }): { readonly head: FrameHead; readonly meta: unknown } {
  if (!isRecord(metadata) || !isRecord(metadata['assay']) || metadata['meta'] === undefined) throw foreign(at);
  const { schemaVersion, more, instant, recordedAt } = metadata['assay'];
  if (typeof schemaVersion !== 'number') throw foreign(at);
  const head: FrameHead = { schemaVersion, ...(typeof more === 'number' ? { more } : {}), ...(typeof instant === 'number' ? { instant } : {}), ...(typeof recordedAt === 'number' ? { recordedAt } : {}) };
  return { head, meta: metadata['meta'] };
}

/** The very bytes again that `frameOf` was given, as text: they were canonical. */
export const canonicalMeta = (meta: unknown): string => canonicalText(meta, 'REFUSE_UNDEFINED');

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const foreign = (at: { readonly stream: string; readonly revision: number }): LogError =>
  new LogError('LogDiverged', `event ${String(at.revision)} of ${at.stream} was not written by this log: the server must belong to it alone`, at);
