import { LogError } from './errors.js';
import type { Cursor } from './port.js';

const CURSOR = /^([0-9a-f]{32})-(\d{16})$/;

/** The cursor after which everything beyond `position` follows: the log's id, then 16 digits, so text order is log order. */
export function cursorAt(logId: string, position: number): Cursor {
  return `${logId.replaceAll('-', '')}-${String(position).padStart(16, '0')}`;
}

/** The position a cursor of this log names. `CursorForeign` for one of another log, or for what is no cursor. */
export function positionOf(logId: string, cursor: Cursor): number {
  const [, log, position] = CURSOR.exec(cursor) ?? [];
  if (log !== logId.replaceAll('-', '')) throw new LogError('CursorForeign', 'this cursor is not of this log', { logId });
  return Number(position);
}
