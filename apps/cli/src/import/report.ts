import { importCounts, type ImportCounts } from '@assay/domain';
import { csvLine } from './csv.js';
import type { RefusedRow } from './deals.js';

/** A row refused, and the file it stands in. */
export interface Refusal extends RefusedRow {
  readonly file: 'OPPORTUNITIES' | 'PEOPLE' | 'TARGETS';
}
/** A step that followed from the rows and was refused by a rule, e.g. a publication. */
export interface RefusedStep {
  readonly step: string;
  readonly reason: string;
}
/** What an import came to, as it is printed. */
export interface ImportReport {
  readonly importId: string;
  readonly counts: ImportCounts;
  /** Of a replay: what followed from the rows. */
  readonly results: { readonly appraisals: number; readonly published: number; readonly final: number; readonly notApplicable: number; readonly composites: number } | null;
  readonly refusals: readonly Refusal[];
  readonly refusedSteps: readonly RefusedStep[];
  /** The targets were proposed from the very deals that they are measured by. */
  readonly hindsight: boolean;
  readonly dryRun: boolean;
}
type Counted = { -readonly [K in keyof ImportCounts]: number };

/** Keeps count of an import while it runs. */
export class Tally {
  readonly counts: Counted = { rows: 0, open: 0, refused: 0, recorded: 0, restated: 0, retracted: 0, unchanged: 0, reports: 0, people: 0, targets: 0 };

  readonly refusals: Refusal[] = [];
  readonly refusedSteps: RefusedStep[] = [];

  refuse(file: Refusal['file'], row: RefusedRow): void {
    // A row may be refused by several metrics: it is one refused row, told once.
    if (this.refusals.some((known) => known.file === file && known.line === row.line)) return;
    this.refusals.push({ file, ...row });
    this.counts.refused += 1;
  }

  refuseStep(step: string, reason: string): void {
    this.refusedSteps.push({ step, reason });
  }
}

/** The refused rows as CSV: file, line, reason, then the row's own cells as JSON. */
export const refusalsCsv = (refusals: readonly Refusal[]): string =>
  csvLine(['file', 'line', 'reason', 'row']) +
  [...refusals]
    .sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)) || a.line - b.line)
    .map(({ file, line, reason, cells }) => csvLine([file, String(line), reason, JSON.stringify(cells)]))
    .join('');

const SHOWN_REFUSALS_MAX = 10;

/** The report for a person to read. */
export function reportText(report: ImportReport): string {
  const { counts, results, refusals, refusedSteps } = report;
  const width = Math.max(...Object.keys(counts).map((name) => name.length), 'not applicable'.length);
  const line = (name: string, value: number): string => `  ${name.padEnd(width)}  ${String(value)}`;
  const derived = results === null ? [] : Object.entries(results).map(([name, value]) => line(name === 'notApplicable' ? 'not applicable' : name, value));
  const told = refusals.slice(0, SHOWN_REFUSALS_MAX).map((row) => `  ${row.file.toLowerCase()} line ${String(row.line)}: ${row.reason}`);
  const more = refusals.length > told.length ? [`  and ${String(refusals.length - told.length)} more; --refused FILE writes them all`] : [];
  return [
    `Import ${report.importId}${report.dryRun ? ' (dry run: nothing was recorded)' : ''}`,
    // In the order in which they are declared, whichever way they came.
    ...Object.entries(importCounts.parse(counts)).map(([name, value]) => line(name, value)),
    ...derived,
    ...(report.hindsight ? ['The targets are hindsight: they were proposed from the same deals that they are measured by.'] : []),
    ...(told.length > 0 ? ['Refused rows', ...told, ...more] : []),
    ...(refusedSteps.length > 0 ? ['Refused steps', ...refusedSteps.map(({ step, reason }) => `  ${step}: ${reason}`)] : []),
    '',
  ].join('\n');
}
