import type { Level } from '@assay/domain';
import { MEASURED, METRICS, ROLES, type DemoRole } from './measures.js';

/** A scheme of the demo: one for the months of all roles, and for quarters and years one for each line. */
export interface DemoScheme {
  readonly key: string;
  readonly names: { readonly en: string; readonly zh: string };
  readonly content: object;
}

const DIMENSIONS: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  PROCESS: { en: 'Process', zh: '过程动作' },
  SALES: { en: 'Sales results', zh: '业绩' },
  RETENTION: { en: 'Retention', zh: '客户留存' },
  CONVERSION: { en: 'Lead conversion', zh: '线索转化' },
  CONDUCT: { en: 'Conduct', zh: '定性表现' },
};
const LEVEL_NAMES: Readonly<Record<Level, { readonly en: string; readonly zh: string }>> = {
  MONTH: { en: 'Month', zh: '月度' },
  QUARTER: { en: 'Quarter', zh: '季度' },
  YEAR: { en: 'Year', zh: '年度' },
};
const LINE_NAMES = { SALES: { en: 'sales and channel', zh: '销售与渠道' }, MARKETING: { en: 'marketing and planning', zh: '推广与策划' } };

/** The two that people rate, 15 % each. */
export const RATED = [
  { code: 'INNOVATION', names: { en: 'Innovation', zh: '创新' } },
  { code: 'TEAMWORK', names: { en: 'Teamwork', zh: '团队协作' } },
] as const;
const RATED_WEIGHT = 1500;

function schemeOf(level: Level, line: DemoRole['line']): DemoScheme {
  const names = { en: `${LEVEL_NAMES[level].en}, ${LINE_NAMES[line].en}`, zh: `${LEVEL_NAMES[level].zh}考核（${LINE_NAMES[line].zh}）` };
  return { key: `${level} ${line}`.toLowerCase(), names, content: contentOf(level, line, ROLES.filter((role) => role.line === line)) };
}

function contentOf(level: Level, line: DemoRole['line'], roles: readonly DemoRole[]): object {
  const shared = { floor: null, cap: null, knockOut: null };
  const measured = Object.entries(MEASURED[level][line]).flatMap(([dimension, rows]) =>
    rows.map(([metric, weight]) => ({ ...shared, code: metric, names: METRICS.find(({ code }) => code === metric)?.names, dimension, weight, kind: 'QUANTITATIVE', metric, curve: { type: 'LINEAR' }, raters: [] })),
  );
  const rated = level === 'MONTH' ? [] : RATED.map((one) => ({ ...shared, ...one, dimension: 'CONDUCT', weight: RATED_WEIGHT, kind: 'QUALITATIVE', metric: null, curve: null, raters: ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'] }));
  const indicators = [...measured, ...rated];
  const dimensions = [...new Set(indicators.map(({ dimension }) => dimension))].map((code) => ({ code, names: DIMENSIONS[code] }));
  return {
    level,
    roles: roles.map(({ code }) => code),
    dimensions,
    indicators,
    evaluatorWeights: level === 'MONTH' ? {} : { SELF: 2000, SUPERIOR: 5000, CROSS_DEPARTMENT: 3000 },
    totalCap: null,
    outcomes: level === 'QUARTER' ? QUARTER_OUTCOMES : { coefficients: [], promotion: null, improvementPlan: null },
    cycleWeights: level === 'YEAR' ? { MONTH: 3000, QUARTER: 4000, YEAR: 3000 } : null,
  };
}

/** S adds half the bonus, C takes a fifth of the performance pay; two A in a row give priority, C an improvement plan (§2.4). */
const QUARTER_OUTCOMES = {
  coefficients: [
    { level: 'QUARTER', grade: 'S', base: 'BONUS', coefficient: '0.50' },
    { level: 'QUARTER', grade: 'C', base: 'PERFORMANCE_PAY', coefficient: '-0.20' },
  ],
  promotion: { level: 'QUARTER', grade: 'A', periods: 2 },
  improvementPlan: { level: 'QUARTER', grade: 'C' },
};

/** Every scheme of the demo; together they cover each role and level once. */
export const SCHEMES: readonly DemoScheme[] = [
  { key: 'month', names: { en: 'Month, all roles', zh: '月度考核（全部岗位）' }, content: contentOf('MONTH', 'SALES', ROLES) },
  ...(['QUARTER', 'YEAR'] as const).flatMap((level) => (['SALES', 'MARKETING'] as const).map((line) => schemeOf(level, line))),
];
