import type { ExitCode } from '../command.js';

/** What was looked at, what was found, and what to do where it is not as it should be. */
export interface Finding {
  readonly area: Area;
  /** One word for programs; it does not change. */
  readonly code: string;
  readonly level: Level;
  readonly found: string;
  readonly remedy?: string;
  /** The exit code that it ends the command with, where that is not 1. */
  readonly exit?: ExitCode;
}
export type Level = 'OK' | 'WARNING' | 'FAULT';
export type Area = 'node' | 'config' | 'folder' | 'disk' | 'socket' | 'ports' | 'database' | 'grants' | 'clock' | 'event store' | 'log' | 'keys' | 'projections';

interface Trouble {
  readonly found: string;
  readonly remedy: string;
}

export const ok = (area: Area, found: string): Finding => ({ area, code: 'OK', level: 'OK', found });
/** It runs, but not as it should, or not for long. */
export const warning = (area: Area, code: string, trouble: Trouble): Finding => ({ area, code, level: 'WARNING', ...trouble });
/** Something does not work. */
export const fault = (area: Area, code: string, trouble: Trouble): Finding => ({ area, code, level: 'FAULT', ...trouble });
/** Nothing can be served with these settings. */
export const misconfigured = (code: string, trouble: Trouble): Finding => ({ ...fault('config', code, trouble), exit: 2 });
/** The database, or the event store, cannot be reached. */
export const unavailable = (code: string, trouble: Trouble, area: Area = 'database'): Finding => ({ ...fault(area, code, trouble), exit: 3 });

/** What all findings come to: 2 for settings before 3 for database or event store before 1 for the rest. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const has = (exit: ExitCode): boolean => findings.some((one) => one.exit === exit);
  if (has(2)) return 2;
  if (has(3)) return 3;
  return findings.some(({ level }) => level !== 'OK') ? 1 : 0;
}

const WORDS: Readonly<Record<Level, string>> = { OK: 'ok', WARNING: 'WARNING', FAULT: 'FAULT' };
const LEVEL_WIDTH = 9;
const AREA_WIDTH = 13;

/** Findings as text, the remedies below what they are for. */
export function renderFindings(findings: readonly Finding[]): string {
  const indent = ' '.repeat(LEVEL_WIDTH + AREA_WIDTH);
  const lines = findings.flatMap(({ level, area, found, remedy }) => [`${WORDS[level].padEnd(LEVEL_WIDTH)}${area.padEnd(AREA_WIDTH)}${found}`, ...(remedy === undefined ? [] : [`${indent}to do: ${remedy}`])]);
  const wrong = findings.filter(({ level }) => level !== 'OK').length;
  return `${lines.join('\n')}\n\n${wrong === 0 ? 'Nothing is wrong.' : `${String(wrong)} of ${String(findings.length)} findings need a look.`}\n`;
}
