import { code, day } from '@assay/domain';
import { z } from 'zod';

/**
 * How a CRM's export is to be read (`api.md`, Import of a CRM export). The JSON Schema in `docs/reference` is made of
 * this; what an export covers is stated here and never inferred from its rows.
 */
const column = z.string().min(1).max(200);

export const crmMapping = z
  .strictObject({
    $schema: z.string().optional(),
    source: code.describe('Source of the facts, as the integration registered it.'),
    encoding: z.enum(['utf-8', 'gb18030']).default('utf-8').describe('UTF-8 with or without byte order mark, or GB18030.'),
    separator: z.enum([',', ';', '\t', '|']).default(','),
    decimalSign: z.enum(['.', ',']).default('.'),
    dateFormat: z.enum(['YYYY-MM-DD', 'YYYY/MM/DD', 'DD.MM.YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY']).default('YYYY-MM-DD'),
    opportunities: z.strictObject({
      columns: z.strictObject({ id: column, agent: column, stage: column, closeDate: column, value: column }).describe('Header names of the opportunities file.'),
      stages: z
        .strictObject({ won: z.array(column).min(1), lost: z.array(column), open: z.array(column) })
        .describe('Words of the stage column: won and lost deals are closed and make facts; open ones are counted.'),
    }),
    people: z.strictObject({ columns: z.strictObject({ agent: column, manager: column, unit: column }) }).describe('Header names of the teams file.'),
    targets: z
      .strictObject({ columns: z.strictObject({ agent: column, cycle: column, metric: column, target: column }) })
      .default({ columns: { agent: 'agent', cycle: 'cycle', metric: 'metric', target: 'target' } })
      .describe('Header names of the targets file.'),
    metrics: z
      .strictObject({ value: code, count: code, winRate: code })
      .describe('Metrics that a deal feeds: a won deal its value and a count of 1, a closed deal 1 or 0 for the win rate.'),
    covers: z.strictObject({ from: day, to: day }).describe('Days of which the export holds everything; each cycle period inside is reported on the first day after it.'),
  })
  .refine(({ covers }) => covers.from <= covers.to, { path: ['covers', 'to'], message: 'lies before covers.from' });
export type CrmMapping = z.output<typeof crmMapping>;

const READERS: Readonly<Record<CrmMapping['dateFormat'], (parts: readonly string[]) => string>> = {
  'YYYY-MM-DD': ([y, m, d]) => `${y ?? ''}-${m ?? ''}-${d ?? ''}`,
  'YYYY/MM/DD': ([y, m, d]) => `${y ?? ''}-${m ?? ''}-${d ?? ''}`,
  'DD.MM.YYYY': ([d, m, y]) => `${y ?? ''}-${m ?? ''}-${d ?? ''}`,
  'DD/MM/YYYY': ([d, m, y]) => `${y ?? ''}-${m ?? ''}-${d ?? ''}`,
  'MM/DD/YYYY': ([m, d, y]) => `${y ?? ''}-${m ?? ''}-${d ?? ''}`,
};

/** The day a cell names in the mapping's format; null where it names none. */
export function dayOf(cell: string, format: CrmMapping['dateFormat']): string | null {
  const separator = format.includes('-') ? '-' : format.includes('.') ? '.' : '/';
  const parts = cell.trim().split(separator);
  if (parts.length !== 3) return null;
  const read = day.safeParse(READERS[format](parts.map((part) => part.padStart(2, '0'))));
  return read.success ? read.data : null;
}

/** The decimal text a cell names; groups of thousands are accepted in the sign that is not the decimal one. Null where it names none. */
export function quantityOf(cell: string, decimalSign: '.' | ','): string | null {
  const group = decimalSign === '.' ? ',' : '.';
  const text = cell.trim();
  const grouped = decimalSign === '.' ? /^-?\d{1,3}(,\d{3})+(\.\d+)?$/ : /^-?\d{1,3}(\.\d{3})+(,\d+)?$/;
  const plain = (grouped.test(text) ? text.replaceAll(group, '') : text).replace(decimalSign, '.');
  const negative = plain.startsWith('-');
  const [whole = '', fraction = ''] = plain.slice(negative ? 1 : 0).split('.', 2);
  if (!/^\d+$/.test(whole) || !/^\d*$/.test(fraction) || plain.split('.').length > 2) return null;
  const integer = whole.replace(/^0+(?=\d)/, '');
  const rest = fraction.replace(/0+$/, '');
  if (integer.length > 18 || rest.length > 12) return null;
  const value = rest === '' ? integer : `${integer}.${rest}`;
  return negative && value !== '0' ? `-${value}` : value;
}
