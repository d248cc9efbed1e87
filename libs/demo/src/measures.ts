import type { Level } from '@assay/domain';

/** What XX Tech measures (§4): the metrics, what each role is held to, and the values of the year before and of this one. */

export interface DemoMetric {
  readonly code: string;
  readonly names: { readonly en: string; readonly zh: string };
  readonly unit: string;
  readonly accumulation: 'SUM' | 'AVERAGE' | 'LATEST';
  readonly direction: 'HIGHER' | 'LOWER';
}

const metric = (code: string, names: readonly [en: string, zh: string], is: readonly [unit: string, DemoMetric['accumulation'], DemoMetric['direction']]): DemoMetric => ({
  code,
  names: { en: names[0], zh: names[1] },
  unit: is[0],
  accumulation: is[1],
  direction: is[2],
});

/** Every metric of the demo. */
export const METRICS: readonly DemoMetric[] = [
  metric('REVENUE', ['Revenue', '营收'], ['CNY', 'SUM', 'HIGHER']),
  metric('NEW_CUSTOMERS', ['New customers', '新客户'], ['customers', 'SUM', 'HIGHER']),
  metric('AVERAGE_ORDER', ['Average order', '客单价'], ['CNY', 'AVERAGE', 'HIGHER']),
  metric('WHITE_PAPERS', ['White papers', '行业白皮书'], ['papers', 'SUM', 'HIGHER']),
  metric('ACQUISITION_COST', ['Acquisition cost', '获客成本'], ['CNY', 'AVERAGE', 'LOWER']),
  metric('RETENTION', ['Customer retention', '客户留存率'], ['percent', 'AVERAGE', 'HIGHER']),
  metric('LEAD_CONVERSION', ['Lead conversion', '线索转化率'], ['percent', 'AVERAGE', 'HIGHER']),
  metric('ACTIVITIES', ['Key activities', '关键动作'], ['activities', 'SUM', 'HIGHER']),
];

/** The value of the year before and of this year: revenue +50 %, order +15 %, cost -20 %, 30 new customers and 4 white papers a quarter. */
export const GOAL_VALUES = {
  REVENUE: ['24000000', '36000000'],
  NEW_CUSTOMERS: ['20', '30'],
  AVERAGE_ORDER: ['20000', '23000'],
  WHITE_PAPERS: ['3', '4'],
  ACQUISITION_COST: ['2500', '2000'],
  RETENTION: ['85', '88'],
  LEAD_CONVERSION: ['18', '20'],
} as const;
export type GoalMetric = keyof typeof GOAL_VALUES;

/** Goals beneath the revenue goal: those of a quarter, and those of the year. */
export const QUARTER_GOALS = ['NEW_CUSTOMERS', 'WHITE_PAPERS'] as const;
export const YEAR_GOALS = ['AVERAGE_ORDER', 'ACQUISITION_COST', 'RETENTION', 'LEAD_CONVERSION'] as const;

/** What adds up is shared out among those who are held to it, in whole portions of so much. */
export const PORTIONS: Readonly<Partial<Record<string, number>>> = { REVENUE: 100_000, NEW_CUSTOMERS: 1, WHITE_PAPERS: 0.5 };

/** A role that is appraised. */
export interface DemoRole {
  readonly code: string;
  readonly names: { readonly en: string; readonly zh: string };
  /** Which pair of schemes it is appraised by. */
  readonly line: 'SALES' | 'MARKETING';
  /** The unit whose head rates from another department. */
  readonly ratedBy: string;
  /** Key activities a month. */
  readonly activities: number;
}
export const ROLES: readonly DemoRole[] = [
  { code: 'SALES', names: { en: 'Sales', zh: '销售' }, line: 'SALES', ratedBy: 'MARKETING', activities: 40 },
  { code: 'MARKETING', names: { en: 'Marketing', zh: '推广' }, line: 'MARKETING', ratedBy: 'SALES', activities: 16 },
  { code: 'PLANNING', names: { en: 'Planning', zh: '策划' }, line: 'MARKETING', ratedBy: 'CHANNEL', activities: 12 },
  { code: 'CHANNEL', names: { en: 'Channel', zh: '渠道' }, line: 'SALES', ratedBy: 'PLANNING', activities: 24 },
];
export const roleOf = (code: string): DemoRole => {
  const role = ROLES.find((one) => one.code === code);
  if (role === undefined) throw new Error(`nobody is appraised as ${code}`);
  return role;
};

/** Indicators of a scheme: metric and weight in basis points; those of one dimension together. */
export type Weights = Readonly<Record<string, readonly (readonly [metric: string, weight: number])[]>>;
const SHARED: Weights = { RETENTION: [['RETENTION', 2000]], CONVERSION: [['LEAD_CONVERSION', 1000]] };
/** 70 % measured, of which 40 for sales, 20 for retention, 10 for lead conversion (§4); months look at key activities alone. */
export const MEASURED: Readonly<Record<Level, Readonly<Record<DemoRole['line'], Weights>>>> = {
  MONTH: { SALES: { PROCESS: [['ACTIVITIES', 10_000]] }, MARKETING: { PROCESS: [['ACTIVITIES', 10_000]] } },
  QUARTER: {
    SALES: { SALES: [['NEW_CUSTOMERS', 2500], ['AVERAGE_ORDER', 1500]], ...SHARED },
    MARKETING: { SALES: [['WHITE_PAPERS', 2500], ['ACQUISITION_COST', 1500]], ...SHARED },
  },
  YEAR: { SALES: { SALES: [['REVENUE', 4000]], ...SHARED }, MARKETING: { SALES: [['ACQUISITION_COST', 4000]], ...SHARED } },
};

/** Codes of the metrics that a role is held to at a level. */
export const metricsOf = (level: Level, role: string): readonly string[] => Object.values(MEASURED[level][roleOf(role).line]).flatMap((rows) => rows.map(([code]) => code));
