/**
 * Every rule code there is, with its guard, its section in `domain.md` and its words in English and Chinese.
 * `docs/reference/rules.md` and the edge's enum `RejectionCode` come from here.
 *
 * Guards: `stream` the expected revision guards it; `key` the stream id is derived from what must be unique;
 * `basis` checked at a basis that the event records, safe because what it rests on cannot be undone or the fold
 * flags the race; `input` the command alone decides.
 */
export interface Rule {
  readonly guard: 'stream' | 'key' | 'basis' | 'input';
  readonly section: string;
  readonly en: string;
  readonly zh: string;
}

const rule = (...[guard, section, en, zh]: readonly [Rule['guard'], string, string, string]): Rule => ({ guard, section, en, zh });

/** By code; the codes are part of the API and never change their meaning. */
export const RULES = {
  // Company
  ALREADY_EXISTS: rule('key', 'Conventions', 'This already exists.', '该对象已存在。'),
  NOT_THERE: rule('stream', 'Conventions', 'What the command names does not exist, or not in this state.', '命令所指的对象不存在或状态不符。'),
  NOTHING_CHANGES: rule('stream', 'Conventions', 'The command would change nothing.', '此命令不会改变任何内容。'),
  REASON_MISSING: rule('input', 'Conventions', 'A reason of 1 to 1,000 characters is needed.', '须填写理由（1 至 1000 字）。'),
  REFERENCE_UNKNOWN: rule('basis', 'Conventions', 'Something the command refers to does not exist.', '命令引用的对象不存在。'),
  OWN_CASE: rule('basis', 'Who may do what', 'Nobody acts in their own case.', '任何人不得处理与自己有关的事项。'),
  SELF_ASSENT: rule('stream', 'Company', 'A seat held by the proposer, an owner or the subject gives no assent.', '提案人、责任人或当事人所任席位不得同意。'),
  ASSENT_GIVEN: rule('stream', 'Company', 'This seat or this member has voted on the proposal already.', '该席位或该成员已就此提案表态。'),
  SEATS_INCOMPLETE: rule('basis', 'Company', 'The committee has too few filled seats for this.', '专项小组席位不足。'),
  ALTERNATES_TOO_FEW: rule('input', 'Company', 'A seat has at least two alternates.', '每席至少两名候补。'),
  SEAT_TAKEN: rule('stream', 'Company', 'Nobody holds two seats, and no holder is named an alternate.', '一人不得兼任两席，任席者不得列为候补。'),
  LOG_CLOSED: rule('stream', 'Company', 'The log is closed.', '日志已关闭。'),
  CALENDAR_BROKEN: rule('input', 'Company', 'The calendar contradicts itself.', '日历内容自相矛盾。'),
  // People
  IDENTITY_TAKEN: rule('basis', 'People', 'This identity is linked to another person.', '该身份已关联其他人员。'),
  SOURCE_ACCOUNT_TAKEN: rule('basis', 'People', 'This source account is linked to another person.', '该来源账号已关联其他人员。'),
  PERSON_LEFT: rule('stream', 'People', 'The person has left.', '该人员已离职。'),
  PERSON_UNKNOWN: rule('basis', 'People', 'No such person.', '查无此人。'),
  DATED_OUT_OF_ORDER: rule('stream', 'People', 'The date contradicts what is already recorded.', '日期与已记录内容矛盾。'),
  // Metrics and facts
  TEMPLATE_BROKEN: rule('input', 'People', 'A template names a level, a metric or a key action twice.', '岗位模板重复指定了级别、指标或关键动作。'),
  METRIC_BROKEN: rule('input', 'Metrics and facts', 'A BINARY metric accumulates as LATEST.', '二元指标的累计方式须为 LATEST。'),
  METRIC_IN_USE: rule('stream', 'Metrics and facts', 'A metric is immutable once a fact or target names it.', '指标被引用后不可更改。'),
  METRIC_UNKNOWN: rule('basis', 'Metrics and facts', 'No such metric.', '查无此指标。'),
  FACT_CONTRADICTS: rule('stream', 'Metrics and facts', 'The same fact and revision is there with other content.', '同一事实同一修订的内容不一致。'),
  FACT_ELSEWHERE: rule('basis', 'Metrics and facts', 'This fact counts for another owner.', '该事实已计入其他责任人。'),
  FACT_UNKNOWN: rule('stream', 'Metrics and facts', 'No such fact.', '查无此事实。'),
  FACT_REVISION_STALE: rule('stream', 'Metrics and facts', 'A restatement carries the next revision.', '修订号须为下一号。'),
  FACT_VALUE_BROKEN: rule('input', 'Metrics and facts', 'The metric does not accept this value.', '指标不接受此值。'),
  FACT_IN_FUTURE: rule('basis', 'Metrics and facts', 'What has not happened yet is no fact.', '尚未发生者不得记为事实。'),
  FACT_OF_UNIT: rule('basis', 'Metrics and facts', 'A unit\u2019s sum is its members\u2019 facts; none is recorded for the unit itself.', '单位的累计值取自成员事实，不得直接记入单位。'),
  EVIDENCE_MISSING: rule('input', 'Who may do what', 'A fact entered by hand carries an evidence hash.', '人工录入须附证据哈希值。'),
  PERIOD_NOT_OVER: rule('basis', 'Metrics and facts', 'A report covers days before today only.', '报告期间须早于今日。'),
  // Goals
  GOAL_RETIRED: rule('stream', 'Goals', 'The goal is retired.', '目标已退役。'),
  GOAL_IN_USE: rule('basis', 'Goals', 'Live targets or goals rest on this goal.', '仍有任务或子目标依附此目标。'),
  GOAL_PARENT_BROKEN: rule('basis', 'Goals', 'The parent is not a live goal of an overlapping period.', '上级目标无效或期间不重叠。'),
  PROPOSAL_OPEN: rule('stream', 'Company', 'A proposal is still undecided.', '尚有未决提案。'),
  PROPOSAL_NOT_OPEN: rule('stream', 'Company', 'No such open proposal, or its digest differs.', '无此待决提案，或摘要不符。'),
  // Targets
  TARGET_NOT_QUANTIFIED: rule('stream', 'Targets', 'Metric and value are there and fit the direction; every version states the same quantities.', '任务须量化，且各版本量值项一致。'),
  TARGET_NOT_TIME_BOUND: rule('basis', 'Targets', 'A cycle is named, with milestones and phases inside it.', '任务须属于周期，节点与阶段须在期内。'),
  TARGET_EXISTS: rule('key', 'Targets', 'One live target per owner, role, unit, metric and cycle.', '同一责任人、岗位、单位、指标与周期仅一个有效任务。'),
  TARGET_NOT_TRACEABLE: rule('basis', 'Targets', 'A target serves a live goal of an overlapping period.', '任务须追溯至期间重叠的有效目标。'),
  TARGET_FROZEN: rule('basis', 'Targets', 'Past the grace days only a recalibration changes a target.', '宽限期后仅可经校准变更任务。'),
  TARGET_WITHDRAWN: rule('stream', 'Targets', 'The target is withdrawn.', '任务已撤回。'),
  PERIOD_CLOSED: rule('basis', 'Targets', 'Nothing changes after the data cut-off of the cycle.', '数据截止后不可变更。'),
  KEY_ACTION_UNKNOWN: rule('stream', 'Targets', 'The target plans no such key action, or fewer are done.', '任务未计划此关键动作，或完成数不足。'),
  // Cycles and recalibrations
  CYCLE_BROKEN: rule('input', 'Cycles and recalibrations', 'Cut-off and due dates follow the period in order.', '截止日与评价到期日须依次晚于期间。'),
  CYCLE_UNKNOWN: rule('basis', 'Cycles and recalibrations', 'No such cycle.', '查无此周期。'),
  CYCLE_CLOSED: rule('stream', 'Cycles and recalibrations', 'The cycle is closed.', '周期已关闭。'),
  CYCLE_NOT_SETTLED: rule('basis', 'Cycles and recalibrations', 'Appraisals of the cycle are not final.', '周期内仍有未定案考核。'),
  CUT_OFF_TOO_EARLY: rule('basis', 'Cycles and recalibrations', 'The data cut-off comes at the end of its day, never earlier.', '数据截止不得早于截止日终。'),
  RECALIBRATIONS_APPLYING: rule('stream', 'Cycles and recalibrations', 'The cut-off waits for recalibrations that are applying.', '校准应用中，截止须等待。'),
  NO_DATA_REVIEW: rule('basis', 'Cycles and recalibrations', 'The server computes the data review at a basis.', '数据复盘由系统依据基准计算。'),
  FEEDBACK_OPEN: rule('stream', 'Cycles and recalibrations', 'A decision only after the feedback is closed.', '反馈结束后方可决定。'),
  FEEDBACK_CLOSED: rule('stream', 'Cycles and recalibrations', 'The feedback is closed.', '反馈已结束。'),
  STRATEGY_LEFT: rule('basis', 'Cycles and recalibrations', 'The sum moves further from the goal than its tolerance allows.', '总量偏离战略目标超出容差。'),
  SELF_APPROVAL: rule('stream', 'Cycles and recalibrations', 'Who decides owns no target in it and did not request it.', '决定人不得为责任人或申请人。'),
  ASSENT_NEEDED: rule('basis', 'Cycles and recalibrations', 'This needs the committee\u2019s assent.', '此事须经专项小组同意。'),
  FROM_OUTSIDE_PERIOD: rule('stream', 'Cycles and recalibrations', '`from` lies inside the cycle\u2019s period.', '生效日须在周期内。'),
  TOO_OFTEN: rule('stream', 'Cycles and recalibrations', 'Too many approved recalibrations for this owner, metric and cycle.', '同一责任人、指标与周期校准次数已满。'),
  RECALIBRATION_OPEN: rule('stream', 'Cycles and recalibrations', 'The target is in an undecided or applying recalibration.', '任务正处于未决或应用中的校准。'),
  RECALIBRATION_UNKNOWN: rule('stream', 'Cycles and recalibrations', 'No such recalibration in a state that allows this.', '无此校准或状态不符。'),
  NOT_AN_OWNER: rule('stream', 'Cycles and recalibrations', 'Feedback comes from affected owners.', '仅受影响责任人可反馈。'),
  // Schemes
  WEIGHTS_UNBALANCED: rule('input', 'Schemes', 'Weights are 1 to 10,000 each and exactly 10,000 together.', '权重各为 1 至 10000，合计须为 10000。'),
  BANDS_BROKEN: rule('input', 'Schemes', 'Bands are contiguous, the lowest open below.', '等级带须连续，最低档下不封底。'),
  CURVE_BROKEN: rule('input', 'Schemes', 'Curve points ascend strictly and scores do not descend.', '曲线节点须严格递增且分值不减。'),
  INDICATOR_BROKEN: rule('basis', 'Schemes', 'An indicator contradicts its kind or its metric.', '指标与其类型或度量矛盾。'),
  VERSION_RETROACTIVE: rule('basis', 'Schemes', 'A version is not effective from before its publication.', '版本生效日不得早于发布日。'),
  SCHEME_AMBIGUOUS: rule('basis', 'Schemes', 'Two published schemes for one role and level on one day.', '同日同岗位同级别有两个方案。'),
  SCHEME_RETIRED: rule('stream', 'Schemes', 'The scheme is retired.', '方案已退役。'),
  NOT_APPROVED: rule('stream', 'Schemes', 'The version is not approved.', '版本未获批准。'),
  NO_SCHEME: rule('basis', 'Schemes', 'No published scheme for this role and level on that day.', '当日无适用方案。'),
  OUTCOMES_BROKEN: rule('input', 'Schemes', 'Outcome rows name grades of the bands, one row per level, grade and base.', '结果应用须引用等级带中的等级，同级别、等级与基数仅一行。'),
  // Appraisals
  SEGMENT_UNKNOWN: rule('basis', 'Appraisals', 'The person has no such assignment segment in the period.', '期间内无此任职区段。'),
  EVALUATORS_BROKEN: rule('basis', 'Appraisals', 'Each kind that is due names its evaluators, and SELF is the subject.', '每类评价须指定评价人，自评为本人。'),
  NOT_AN_EVALUATOR: rule('stream', 'Appraisals', 'Only the evaluators named.', '非指定评价人。'),
  RATING_OUT_OF_RANGE: rule('input', 'Appraisals', 'A rating is 0 to 100.', '评分须在 0 至 100。'),
  INDICATOR_NOT_RATED: rule('stream', 'Appraisals', 'Every qualitative indicator that names the kind is rated, and no other.', '该类应评的定性指标须全部评分且无多余。'),
  EVALUATION_CLOSED: rule('stream', 'Appraisals', 'No submission or revision after the unsealing.', '启封后不得提交或修改评价。'),
  EVALUATION_EXISTS: rule('stream', 'Appraisals', 'The evaluation is in already; it is revised, not submitted again.', '评价已提交，请修订。'),
  EVALUATION_PENDING: rule('stream', 'Appraisals', 'No publication before the unsealing, nor without a superior\u2019s rating where it is due.', '启封前或缺上级评价不得发布。'),
  INDICATOR_PENDING: rule('basis', 'Appraisals', 'Every indicator has a state before publication.', '仍有待定指标。'),
  INDICATOR_UNKNOWN: rule('basis', 'Appraisals', 'No such indicator in this scheme version.', '方案中无此指标。'),
  INDICATOR_STATE_BROKEN: rule('stream', 'Appraisals', 'The indicator is not in a state that allows this.', '指标状态不允许此操作。'),
  CUT_OFF_NOT_REACHED: rule('basis', 'Appraisals', 'Publication only after the cycle\u2019s data cut-off.', '数据截止后方可发布。'),
  TWO_PEOPLE: rule('stream', 'Appraisals', 'Declaring and waiving, proposing and ruling take two people.', '须由两人分别提出与裁定。'),
  INDICATOR_HAS_DATA: rule('basis', 'Appraisals', 'The indicator has data: this needs the committee\u2019s assent.', '指标已有数据，须经小组同意。'),
  TOO_EARLY: rule('basis', 'Appraisals', 'Only after the cut-off, or earlier by assent.', '截止后方可，或经小组同意提前。'),
  NOT_PUBLISHED: rule('stream', 'Appraisals', 'No score is published.', '尚未发布分数。'),
  ALREADY_PUBLISHED: rule('stream', 'Appraisals', 'The score is published; only corrections and rulings follow.', '分数已发布，仅可更正或裁决。'),
  NOT_COMMUNICATED: rule('stream', 'Appraisals', 'The result is not communicated yet.', '结果尚未告知。'),
  INTERVIEW_MISSING: rule('stream', 'Appraisals', 'Finalization needs the interview, or its waiver.', '定案前须有面谈或豁免。'),
  INTERVIEW_EXISTS: rule('stream', 'Appraisals', 'The interview is recorded or waived already.', '面谈已记录或已豁免。'),
  FILING_OPEN: rule('basis', 'Appraisals', 'No finalization before the filing window ends.', '申诉期未满不得定案。'),
  ALREADY_FINAL: rule('stream', 'Appraisals', 'After finalization only a remedy or a correction opens a revision.', '定案后仅裁决或更正可修订。'),
  STALE_INPUT: rule('basis', 'Appraisals', 'A view this rests on is parked.', '所依据的视图已停放。'),
  // Composites
  PART_NOT_FINAL: rule('basis', 'Composites', 'Every part is final.', '各部分须已定案。'),
  YEAR_NOT_OVER: rule('basis', 'Composites', 'After the YEAR cycle\u2019s cut-off only.', '年度截止后方可。'),
  COMPOSITE_EXISTS: rule('key', 'Composites', 'Once per person and year.', '每人每年仅一次。'),
  NO_YEAR_SCHEME: rule('basis', 'Composites', 'No YEAR scheme applies.', '无适用的年度方案。'),
} as const satisfies Readonly<Record<string, Rule>>;

/** The code of a broken rule; what a refused command returns (`domain.md`). */
export type RuleCode = keyof typeof RULES;
