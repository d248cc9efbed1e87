import { periodOf } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import type { Founding } from './kill-protocol.js';

/** A log whose day does not end while the test runs: it is noon there. */
export function founding(now: number): Founding {
  const hour = new Date(now).getUTCHours();
  const timeZone = hour <= 12 ? `Etc/GMT-${12 - hour}` : `Etc/GMT+${hour - 12}`;
  const today = dayAt(now, timeZone);
  const code = `${today.slice(0, 4)}Q${Math.ceil(Number(today.slice(5, 7)) / 3)}`;
  const period = periodOf('QUARTER', code, 1);
  if (period === null) throw new Error(`no quarter ${code}`);
  const opening = { name: 'Killed', timeZone, businessYearFirstMonth: 1, admin: { issuer: 'test', subject: 'admin' } };
  return { opening, today, cycle: { code, stream: `cycle-QUARTER-${code}`, ...period } };
}
