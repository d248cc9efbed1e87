import { canonicalText, sha256Hex, type Day } from '@assay/domain';
import { csvRecords, type BrokenRecord, type CsvRecord } from './csv.js';
import { dayOf, quantityOf, type CrmMapping } from './mapping.js';

/** A closed deal of an export. */
export interface Deal {
  readonly line: number;
  readonly id: string;
  readonly agent: string;
  readonly won: boolean;
  readonly closedOn: Day;
  /** Decimal text; what a lost deal says is kept but makes no fact. */
  readonly value: string;
  /** SHA-256 of the row's cells, canonical. */
  readonly rowSha256: string;
}
export type RowReason = 'COLUMNS' | 'ID_MISSING' | 'ID_TWICE' | 'AGENT_MISSING' | 'STAGE_UNKNOWN' | 'DATE_BROKEN' | 'VALUE_BROKEN' | 'OUTSIDE_COVERAGE' | 'PERSON_UNKNOWN';
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
  readonly cells: Readonly<Record<string, string>>;
}
/** What one row comes to. Open deals make no fact and are counted, not refused. */
export type Row = { readonly deal: Deal } | { readonly open: true; readonly line: number; readonly id: string } | { readonly refused: RefusedRow };

/** Reads the opportunities of an export row by row, in the file's order. An id that appeared before is refused by its line. */
export async function* rowsOf(file: string, mapping: CrmMapping): AsyncGenerator<Row> {
  const { columns } = mapping.opportunities;
  const seen = new Set<string>();
  for await (const record of csvRecords(file, mapping, Object.values(columns))) {
    const row = rowOf(record, mapping);
    if (!('deal' in row)) yield row;
    else if (seen.has(row.deal.id) && 'cells' in record) yield refused(record, 'ID_TWICE');
    else {
      seen.add(row.deal.id);
      yield row;
    }
  }
}

function rowOf(record: CsvRecord | BrokenRecord, mapping: CrmMapping): Row {
  if ('reason' in record) return { refused: { line: record.line, reason: record.reason, cells: {} } };
  const { columns, stages } = mapping.opportunities;
  const cell = (name: string): string => record.cells[name] ?? '';
  const stage = cell(columns.stage);
  if (stages.open.includes(stage)) return { open: true, line: record.line, id: cell(columns.id) };
  const won = stages.won.includes(stage);
  if (!won && !stages.lost.includes(stage)) return refused(record, 'STAGE_UNKNOWN');
  if (cell(columns.id) === '') return refused(record, 'ID_MISSING');
  if (cell(columns.agent) === '') return refused(record, 'AGENT_MISSING');
  const closedOn = dayOf(cell(columns.closeDate), mapping.dateFormat);
  if (closedOn === null) return refused(record, 'DATE_BROKEN');
  if (closedOn < mapping.covers.from || closedOn > mapping.covers.to) return refused(record, 'OUTSIDE_COVERAGE');
  const value = quantityOf(cell(columns.value), mapping.decimalSign);
  if (value === null && won) return refused(record, 'VALUE_BROKEN');
  const rowSha256 = sha256Hex(canonicalText(record.cells));
  return { deal: { line: record.line, id: cell(columns.id), agent: cell(columns.agent), won, closedOn, value: value ?? '0', rowSha256 } };
}

const refused = (record: CsvRecord, reason: RowReason): Row => ({ refused: { line: record.line, reason, cells: record.cells } });

/** A person of an export's teams file. */
export interface TeamMember {
  readonly line: number;
  readonly agent: string;
  readonly manager: string;
  readonly unit: string;
}

/** Reads the teams file whole: it has one line per agent. */
export async function teamOf(file: string, mapping: CrmMapping): Promise<readonly TeamMember[]> {
  const { columns } = mapping.people;
  const members: TeamMember[] = [];
  for await (const record of csvRecords(file, mapping, Object.values(columns))) {
    if ('reason' in record) continue;
    const { line, cells } = record;
    members.push({ line, agent: cells[columns.agent] ?? '', manager: cells[columns.manager] ?? '', unit: cells[columns.unit] ?? '' });
  }
  return members;
}

/** The column in which a proposed targets file says that it is one, and the word it begins with. */
export const NOTE_COLUMN = 'note';
export const HINDSIGHT = 'hindsight';

/** A target of a targets file. */
export interface TargetRow {
  readonly line: number;
  readonly agent: string;
  /** The cycle's stream part, e.g. `QUARTER-2017Q3`. */
  readonly cycle: string;
  readonly metric: string;
  readonly target: string;
}

/** A targets file read whole. `hindsight`: it says of itself that it was proposed from the deals it is measured by. */
export interface TargetsFile {
  readonly targets: readonly TargetRow[];
  readonly refused: readonly RefusedRow[];
  readonly hindsight: boolean;
}

/** Reads the targets file whole: one line per agent, cycle and metric. Broken lines come back as refused. */
export async function targetsOf(file: string, mapping: CrmMapping): Promise<TargetsFile> {
  const { columns } = mapping.targets;
  const targets: TargetRow[] = [];
  const broken: RefusedRow[] = [];
  let hindsight = false;
  for await (const record of csvRecords(file, mapping, Object.values(columns))) {
    if ('reason' in record) {
      broken.push({ line: record.line, reason: record.reason, cells: {} });
      continue;
    }
    const { line, cells } = record;
    const target = quantityOf(cells[columns.target] ?? '', mapping.decimalSign);
    hindsight ||= cells[NOTE_COLUMN]?.startsWith(HINDSIGHT) === true;
    if (target === null) broken.push({ line, reason: 'VALUE_BROKEN', cells });
    else targets.push({ line, agent: cells[columns.agent] ?? '', cycle: cells[columns.cycle] ?? '', metric: cells[columns.metric] ?? '', target });
  }
  return { targets, refused: broken, hindsight };
}
