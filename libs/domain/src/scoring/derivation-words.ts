/** Languages a derivation is rendered in. */
export type Locale = 'en' | 'zh-CN';

interface Words {
  readonly en: string;
  readonly zh: string;
  /** How the value follows from the inputs, by their names. Leaves have none. */
  readonly formula?: { readonly en: string; readonly zh: string };
}
const leaf = (en: string, zh: string): Words => ({ en, zh });
const step = (name: readonly [string, string], formula: readonly [string, string]): Words => ({
  en: name[0],
  zh: name[1],
  formula: { en: formula[0], zh: formula[1] },
});

/** What each label says. The engines know the label only, so that words can be mended without touching a released engine. */
export const DERIVATION_LABELS = {
  RESULT: leaf('result', '结果'),
  RESULT_PROVISIONAL: leaf('provisional result', '暂定结果'),
  BAND_GRADE: step(['grade by band', '按等级带定级'], ['first band with from <= total', '首个 下限 <= 总分 的等级']),
  BAND: leaf('band', '等级带'),
  KNOCK_OUT_HIT: step(['knock-out, grade at most', '一票限级，等级至多为'], ['score < below', '得分 < 门槛']),
  KNOCK_OUT_MISSED: step(['knock-out, not reached', '一票限级，未触发'], ['score >= below', '得分 >= 门槛']),
  KNOCK_OUT_BELOW: leaf('below', '门槛'),
  TOTAL: step(['total', '总分'], ['rounded once', '仅舍入一次']),
  ROUNDING: leaf('decimal places', '小数位数'),
  CAPPED_TOTAL: step(['capped total', '封顶总分'], ['min(weighted sum, cap)', 'min(加权和, 封顶)']),
  TOTAL_CAP: leaf('cap of the total', '总分封顶'),
  WEIGHTED_SUM: step(
    ['weighted sum', '加权和'],
    ['sum(effective weight * score) / 10000', '合计(有效权重 * 得分) / 10000'],
  ),
  INDICATOR_SCORED: step(['indicator', '指标'], ['effective weight * score', '有效权重 * 得分']),
  INDICATOR_ABSENT: leaf('indicator without a score', '无得分指标'),
  STATE: leaf('state', '状态'),
  EFFECTIVE_WEIGHT: step(
    ['effective weight', '有效权重'],
    [
      'weight * dimension * 10000 / (scored in dimension * dimensions with a score)',
      '权重 * 维度 * 10000 / (维度内已评 * 有得分的维度)',
    ],
  ),
  EFFECTIVE_WEIGHT_KEPT: step(
    ['effective weight', '有效权重'],
    ['weight, nothing is redistributed', '权重，无须重新分配'],
  ),
  WEIGHT: leaf('weight', '权重'),
  PRESENT_DIMENSIONS: step(['dimensions with a score', '有得分的维度'], ['sum of their weights', '其权重合计']),
  DIMENSION_WEIGHT: step(['dimension', '维度'], ['sum of its weights', '其权重合计']),
  DIMENSION_PRESENT: step(['scored in dimension', '维度内已评'], ['sum of their weights', '其权重合计']),
  SCORE: step(['score', '得分'], ['min(max(raw, floor), cap)', 'min(max(原始分, 下限), 上限)']),
  FLOOR: leaf('floor', '下限'),
  CAP: leaf('cap', '上限'),
  DEVIATION: step(['deviation', '偏差'], ['attainment - 1', '达成率 - 1']),
  RAW_LINEAR: step(['raw', '原始分'], ['100 * attainment', '100 * 达成率']),
  RAW_PIECEWISE: step(
    ['raw', '原始分'],
    ['on the line between the points around the attainment', '在达成率两侧节点间取直线值'],
  ),
  RAW_STEP: step(
    ['raw', '原始分'],
    ['score of the last step with from <= attainment, else 0', '末个 起点 <= 达成率 的阶梯分，否则为 0'],
  ),
  RAW_RATINGS: step(['raw', '原始分'], ['sum(weight * rating) / 10000', '合计(权重 * 评分) / 10000']),
  POINT: leaf('score at attainment', '节点分，达成率'),
  STEP: leaf('score from attainment', '阶梯分，达成率自'),
  ATTAINMENT_HIGHER: step(
    ['attainment', '达成率'],
    [
      '(actual - baseline) / (target - baseline), baseline 0 where none is given',
      '(实际 - 基线) / (目标 - 基线)，未给基线则为 0',
    ],
  ),
  ATTAINMENT_LOWER: step(
    ['attainment', '达成率'],
    ['(limit - actual) / (limit - target)', '(限值 - 实际) / (限值 - 目标)'],
  ),
  ATTAINMENT_BAND: step(
    ['attainment', '达成率'],
    [
      '1 in [low, high]; below (actual - lowLimit) / (low - lowLimit); above (highLimit - actual) / (highLimit - high)',
      '在 [low, high] 内为 1；低于则 (实际 - lowLimit) / (low - lowLimit)；高于则 (highLimit - 实际) / (highLimit - high)',
    ],
  ),
  ATTAINMENT_BINARY: step(['attainment', '达成率'], ['actual', '实际']),
  ATTAINMENT_MILESTONES: step(
    ['attainment', '达成率'],
    ['weight reached / weight of all', '已达节点权重 / 全部节点权重'],
  ),
  MILESTONE_REACHED: step(['milestone reached', '已达节点'], ['its weight', '其权重']),
  MILESTONE_OPEN: step(['milestone not reached', '未达节点'], ['its weight', '其权重']),
  MILESTONE_WEIGHT: leaf('milestone weight', '节点权重'),
  ACTUAL_SUM: step(['actual', '实际'], ['sum of the facts', '事实合计']),
  ACTUAL_LATEST: step(['actual', '实际'], ['latest fact; on one day the later recorded', '最近事实；同日取后记录者']),
  ACTUAL_AVERAGE: step(['actual', '实际'], ['mean of the facts', '事实平均']),
  FACT: leaf('fact', '事实'),
  EFFECTIVE_QUANTITY: step(
    ['effective', '有效'],
    ['sum(quantity * days) / days of the span', '合计(量值 * 天数) / 区间天数'],
  ),
  EFFECTIVE_QUANTITY_SUM: step(
    ['effective', '有效'],
    [
      'sum(quantity * days) / days of the span * days of the span / days of the period',
      '合计(量值 * 天数) / 区间天数 * 区间天数 / 期间天数',
    ],
  ),
  VERSION_SHARE: step(['version', '版本'], ['quantity * days it covers', '量值 * 覆盖天数']),
  QUANTITY: leaf('quantity', '量值'),
  COVERED_DAYS: leaf('days covered', '覆盖天数'),
  SPAN_DAYS: leaf('days of the span', '区间天数'),
  MINIMUM_SEGMENT_DAYS: leaf('minimum eligible days', '最低合资格天数'),
  PERIOD_DAYS: leaf('days of the period', '期间天数'),
  KIND: step(['ratings', '评分'], ['weight * rating', '权重 * 评分']),
  KIND_WEIGHT: step(['weight', '权重'], ['weight * (present + freed) / present', '权重 * (在场 + 释放) / 在场']),
  KIND_WEIGHT_KEPT: step(['weight', '权重'], ['as the scheme says', '依方案']),
  KINDS_PRESENT: step(['present, other than SELF', '在场（除自评）'], ['sum of their weights', '其权重合计']),
  KINDS_FREED: step(['freed', '释放'], ['sum of their weights', '其权重合计']),
  EVALUATOR_WEIGHT: leaf('evaluator weight', '评价者权重'),
  KIND_MEAN: step(['rating', '评分'], ['mean of the ratings', '评分平均']),
  RATING: leaf('rating by', '评分人'),
  COVERAGE: step(['coverage', '覆盖率'], ['sum of the weights present', '在场权重合计']),
  MINIMUM_COVERAGE: leaf('minimum coverage', '最低覆盖率'),
  COMPOSITE_MEAN: step(
    ['weighted mean', '加权平均'],
    ['sum(weight * score) / sum(weights present)', '合计(权重 * 得分) / 在场权重合计'],
  ),
  LEVEL: step(['level', '层级'], ['weight * score', '权重 * 得分']),
  LEVEL_WEIGHT: leaf('level weight', '层级权重'),
  LEVEL_SCORE: step(['level score', '层级得分'], ['mean of its rated periods', '已评期间平均']),
  PERIOD: step(
    ['period', '期间'],
    ['sum(total * days) / sum(days) over its rated segments', '已评区段 合计(总分 * 天数) / 天数合计'],
  ),
  PERIOD_NOT_RATED: leaf('period not rated', '未评期间'),
  SEGMENT: step(['segment', '区段'], ['total * days', '总分 * 天数']),
  SEGMENT_NOT_RATED: leaf('segment not rated', '未评区段'),
  SEGMENT_TOTAL: leaf('final total', '最终总分'),
  SEGMENT_DAYS: leaf('eligible days', '合资格天数'),
  ABOVE: leaf('as above,', '同上，'),
} as const satisfies Readonly<Record<string, Words>>;

/** What a node of a derivation is; its words and formula are in `DERIVATION_LABELS`. */
export type DerivationLabel = keyof typeof DERIVATION_LABELS;

const UNITS: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  POINTS: { en: 'points', zh: '分' },
  BASIS_POINTS: { en: 'bp', zh: '基点' },
  DAYS: { en: 'days', zh: '天' },
};

const isLabel = (word: string): word is DerivationLabel => Object.hasOwn(DERIVATION_LABELS, word);
const wordsOf = (label: DerivationLabel): Words => DERIVATION_LABELS[label];

interface Labelled {
  readonly label: DerivationLabel;
  readonly of?: string;
}

/** The node's label in words, with what it is about: `attainment sales`. */
export function labelText(node: Labelled, locale: Locale): string {
  const words = wordsOf(node.label);
  const name = locale === 'en' ? words.en : words.zh;
  if (node.of === undefined) return name;
  return `${name} ${node.label === 'ABOVE' ? referenceText(node.of, locale) : node.of}`;
}

/** How the node's value follows from its inputs, or null at a leaf. */
export function formulaText(node: Labelled, locale: Locale): string | null {
  const { formula } = wordsOf(node.label);
  if (formula === undefined) return null;
  return locale === 'en' ? formula.en : formula.zh;
}

/** `POINTS` and the like in words; a metric's own unit as it is. */
export function unitText(unit: string, locale: Locale): string {
  const words = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (words === undefined) return unit;
  return locale === 'en' ? words.en : words.zh;
}

/** `SCORE sales` names the node with that label and subject. */
function referenceText(of: string, locale: Locale): string {
  const space = of.indexOf(' ');
  const label = space < 0 ? of : of.slice(0, space);
  if (!isLabel(label)) return of;
  const words = wordsOf(label);
  return (locale === 'en' ? words.en : words.zh) + of.slice(label.length);
}
