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
  ALREADY_EXISTS: rule('key', 'Conventions', 'This already exists.', '該對象已存在。'),
  NOT_THERE: rule('stream', 'Conventions', 'What the command names does not exist, or not in this state.', '命令所指的對象不存在或狀態不符。'),
  NOTHING_CHANGES: rule('stream', 'Conventions', 'The command would change nothing.', '此命令不會改變任何內容。'),
  REASON_MISSING: rule('input', 'Conventions', 'A reason of 1 to 1,000 characters is needed.', '須填寫理由（1 至 1000 字）。'),
  REFERENCE_UNKNOWN: rule('basis', 'Conventions', 'Something the command refers to does not exist.', '命令引用的對象不存在。'),
  OWN_CASE: rule('basis', 'Who may do what', 'Nobody acts in their own case.', '任何人不得處理與自己有關的事項。'),
  SELF_ASSENT: rule('stream', 'Company', 'A seat held by the proposer, an owner or the subject gives no assent.', '提案人、責任人或當事人所任席位不得同意。'),
  ASSENT_GIVEN: rule('stream', 'Company', 'This seat or this member has voted on the proposal already.', '該席位或該成員已就此提案表態。'),
  SEATS_INCOMPLETE: rule('basis', 'Company', 'The committee has too few filled seats for this.', '專項小組席位不足。'),
  ALTERNATES_TOO_FEW: rule('input', 'Company', 'A seat has at least two alternates.', '每席至少兩名候補。'),
  SEAT_TAKEN: rule('stream', 'Company', 'Nobody holds two seats, and no holder is named an alternate.', '一人不得兼任兩席，任席者不得列為候補。'),
  LOG_CLOSED: rule('stream', 'Company', 'The log is closed.', '日誌已關閉。'),
  CALENDAR_BROKEN: rule('input', 'Company', 'The calendar contradicts itself.', '日曆內容自相矛盾。'),
  // People
  IDENTITY_TAKEN: rule('basis', 'People', 'This identity is linked to another person.', '該身份已關聯其他人員。'),
  SOURCE_ACCOUNT_TAKEN: rule('basis', 'People', 'This source account is linked to another person.', '該來源帳號已關聯其他人員。'),
  PERSON_LEFT: rule('stream', 'People', 'The person has left.', '該人員已離職。'),
  PERSON_UNKNOWN: rule('basis', 'People', 'No such person.', '查無此人。'),
  DATED_OUT_OF_ORDER: rule('stream', 'People', 'The date contradicts what is already recorded.', '日期與已記錄內容矛盾。'),
  // Metrics and facts
  TEMPLATE_BROKEN: rule('input', 'People', 'A template names a level, a metric or a key action twice.', '崗位模板重複指定了級別、指標或關鍵動作。'),
  METRIC_BROKEN: rule('input', 'Metrics and facts', 'A BINARY metric accumulates as LATEST.', '二元指標的累計方式須為 LATEST。'),
  METRIC_IN_USE: rule('stream', 'Metrics and facts', 'A metric is immutable once a fact or target names it.', '指標被引用後不可更改。'),
  METRIC_UNKNOWN: rule('basis', 'Metrics and facts', 'No such metric.', '查無此指標。'),
  FACT_CONTRADICTS: rule('stream', 'Metrics and facts', 'The same fact and revision is there with other content.', '同一事實同一修訂的內容不一致。'),
  FACT_ELSEWHERE: rule('basis', 'Metrics and facts', 'This fact counts for another owner.', '該事實已計入其他責任人。'),
  FACT_UNKNOWN: rule('stream', 'Metrics and facts', 'No such fact.', '查無此事實。'),
  FACT_REVISION_STALE: rule('stream', 'Metrics and facts', 'A restatement carries the next revision.', '修訂號須為下一號。'),
  FACT_VALUE_BROKEN: rule('input', 'Metrics and facts', 'The metric does not accept this value.', '指標不接受此值。'),
  FACT_IN_FUTURE: rule('basis', 'Metrics and facts', 'What has not happened yet is no fact.', '尚未發生者不得記為事實。'),
  FACT_OF_UNIT: rule('basis', 'Metrics and facts', 'A unit\u2019s sum is its members\u2019 facts; none is recorded for the unit itself.', '單位的累計值取自成員事實，不得直接記入單位。'),
  EVIDENCE_MISSING: rule('input', 'Who may do what', 'A fact entered by hand carries an evidence hash.', '人工錄入須附證據雜湊。'),
  PERIOD_NOT_OVER: rule('basis', 'Metrics and facts', 'A report covers days before today only.', '報告期間須早於今日。'),
  // Goals
  GOAL_RETIRED: rule('stream', 'Goals', 'The goal is retired.', '目標已退役。'),
  GOAL_IN_USE: rule('basis', 'Goals', 'Live targets or goals rest on this goal.', '仍有任務或子目標依附此目標。'),
  GOAL_PARENT_BROKEN: rule('basis', 'Goals', 'The parent is not a live goal of an overlapping period.', '上級目標無效或期間不重疊。'),
  PROPOSAL_OPEN: rule('stream', 'Company', 'A proposal is still undecided.', '尚有未決提案。'),
  PROPOSAL_NOT_OPEN: rule('stream', 'Company', 'No such open proposal, or its digest differs.', '無此待決提案，或摘要不符。'),
  // Targets
  TARGET_NOT_QUANTIFIED: rule('stream', 'Targets', 'Metric and value are there and fit the direction; every version states the same quantities.', '任務須量化，且各版本量值項一致。'),
  TARGET_NOT_TIME_BOUND: rule('basis', 'Targets', 'A cycle is named, with milestones and phases inside it.', '任務須屬於周期，節點與階段須在期內。'),
  TARGET_EXISTS: rule('key', 'Targets', 'One live target per owner, role, unit, metric and cycle.', '同一責任人、崗位、單位、指標與周期僅一個有效任務。'),
  TARGET_NOT_TRACEABLE: rule('basis', 'Targets', 'A target serves a live goal of an overlapping period.', '任務須追溯至期間重疊的有效目標。'),
  TARGET_FROZEN: rule('basis', 'Targets', 'Past the grace days only a recalibration changes a target.', '寬限期後僅可經校準變更任務。'),
  TARGET_WITHDRAWN: rule('stream', 'Targets', 'The target is withdrawn.', '任務已撤回。'),
  PERIOD_CLOSED: rule('basis', 'Targets', 'Nothing changes after the data cut-off of the cycle.', '數據截止後不可變更。'),
  KEY_ACTION_UNKNOWN: rule('stream', 'Targets', 'The target plans no such key action, or fewer are done.', '任務未計劃此關鍵動作，或完成數不足。'),
  // Cycles and recalibrations
  CYCLE_BROKEN: rule('input', 'Cycles and recalibrations', 'Cut-off and due dates follow the period in order.', '截止日與評價到期日須依次晚於期間。'),
  CYCLE_UNKNOWN: rule('basis', 'Cycles and recalibrations', 'No such cycle.', '查無此周期。'),
  CYCLE_CLOSED: rule('stream', 'Cycles and recalibrations', 'The cycle is closed.', '周期已關閉。'),
  CYCLE_NOT_SETTLED: rule('basis', 'Cycles and recalibrations', 'Appraisals of the cycle are not final.', '周期內仍有未定案考核。'),
  CUT_OFF_TOO_EARLY: rule('basis', 'Cycles and recalibrations', 'The data cut-off comes at the end of its day, never earlier.', '數據截止不得早於截止日終。'),
  RECALIBRATIONS_APPLYING: rule('stream', 'Cycles and recalibrations', 'The cut-off waits for recalibrations that are applying.', '校準套用中，截止須等待。'),
  NO_DATA_REVIEW: rule('basis', 'Cycles and recalibrations', 'The server computes the data review at a basis.', '數據復盤由系統依據基準計算。'),
  FEEDBACK_OPEN: rule('stream', 'Cycles and recalibrations', 'A decision only after the feedback is closed.', '反饋結束後方可決定。'),
  FEEDBACK_CLOSED: rule('stream', 'Cycles and recalibrations', 'The feedback is closed.', '反饋已結束。'),
  STRATEGY_LEFT: rule('basis', 'Cycles and recalibrations', 'The sum moves further from the goal than its tolerance allows.', '總量偏離戰略目標超出容差。'),
  SELF_APPROVAL: rule('stream', 'Cycles and recalibrations', 'Who decides owns no target in it and did not request it.', '決定人不得為責任人或申請人。'),
  ASSENT_NEEDED: rule('basis', 'Cycles and recalibrations', 'This needs the committee\u2019s assent.', '此事須經專項小組同意。'),
  FROM_OUTSIDE_PERIOD: rule('stream', 'Cycles and recalibrations', '`from` lies inside the cycle\u2019s period.', '生效日須在周期內。'),
  TOO_OFTEN: rule('stream', 'Cycles and recalibrations', 'Too many approved recalibrations for this owner, metric and cycle.', '同一責任人、指標與周期校準次數已滿。'),
  RECALIBRATION_OPEN: rule('stream', 'Cycles and recalibrations', 'The target is in an undecided or applying recalibration.', '任務正處於未決或套用中的校準。'),
  RECALIBRATION_UNKNOWN: rule('stream', 'Cycles and recalibrations', 'No such recalibration in a state that allows this.', '無此校準或狀態不符。'),
  NOT_AN_OWNER: rule('stream', 'Cycles and recalibrations', 'Feedback comes from affected owners.', '僅受影響責任人可反饋。'),
  // Schemes
  WEIGHTS_UNBALANCED: rule('input', 'Schemes', 'Weights are 1 to 10,000 each and exactly 10,000 together.', '權重各為 1 至 10000，合計須為 10000。'),
  BANDS_BROKEN: rule('input', 'Schemes', 'Bands are contiguous, the lowest open below.', '等級帶須連續，最低檔下不封底。'),
  CURVE_BROKEN: rule('input', 'Schemes', 'Curve points ascend strictly and scores do not descend.', '曲線節點須嚴格遞增且分值不減。'),
  INDICATOR_BROKEN: rule('basis', 'Schemes', 'An indicator contradicts its kind or its metric.', '指標與其類型或度量矛盾。'),
  VERSION_RETROACTIVE: rule('basis', 'Schemes', 'A version is not effective from before its publication.', '版本生效日不得早於發布日。'),
  SCHEME_AMBIGUOUS: rule('basis', 'Schemes', 'Two published schemes for one role and level on one day.', '同日同崗位同級別有兩個方案。'),
  SCHEME_RETIRED: rule('stream', 'Schemes', 'The scheme is retired.', '方案已退役。'),
  NOT_APPROVED: rule('stream', 'Schemes', 'The version is not approved.', '版本未獲批准。'),
  NO_SCHEME: rule('basis', 'Schemes', 'No published scheme for this role and level on that day.', '當日無適用方案。'),
  OUTCOMES_BROKEN: rule('input', 'Schemes', 'Outcome rows name grades of the bands, one row per level, grade and base.', '結果應用須引用等級帶中的等級，同級別、等級與基數僅一行。'),
  // Appraisals
  SEGMENT_UNKNOWN: rule('basis', 'Appraisals', 'The person has no such assignment segment in the period.', '期間內無此任職區段。'),
  EVALUATORS_BROKEN: rule('basis', 'Appraisals', 'Each kind that is due names its evaluators, and SELF is the subject.', '每類評價須指定評價人，自評為本人。'),
  NOT_AN_EVALUATOR: rule('stream', 'Appraisals', 'Only the evaluators named.', '非指定評價人。'),
  RATING_OUT_OF_RANGE: rule('input', 'Appraisals', 'A rating is 0 to 100.', '評分須在 0 至 100。'),
  INDICATOR_NOT_RATED: rule('stream', 'Appraisals', 'Every qualitative indicator that names the kind is rated, and no other.', '該類應評的定性指標須全部評分且無多餘。'),
  EVALUATION_CLOSED: rule('stream', 'Appraisals', 'No submission or revision after the unsealing.', '啟封後不得提交或修改評價。'),
  EVALUATION_EXISTS: rule('stream', 'Appraisals', 'The evaluation is in already; it is revised, not submitted again.', '評價已提交，請修訂。'),
  EVALUATION_PENDING: rule('stream', 'Appraisals', 'No publication before the unsealing, nor without a superior\u2019s rating where it is due.', '啟封前或缺上級評價不得發布。'),
  INDICATOR_PENDING: rule('basis', 'Appraisals', 'Every indicator has a state before publication.', '仍有待定指標。'),
  INDICATOR_UNKNOWN: rule('basis', 'Appraisals', 'No such indicator in this scheme version.', '方案中無此指標。'),
  INDICATOR_STATE_BROKEN: rule('stream', 'Appraisals', 'The indicator is not in a state that allows this.', '指標狀態不允許此操作。'),
  CUT_OFF_NOT_REACHED: rule('basis', 'Appraisals', 'Publication only after the cycle\u2019s data cut-off.', '數據截止後方可發布。'),
  TWO_PEOPLE: rule('stream', 'Appraisals', 'Declaring and waiving, proposing and ruling take two people.', '須由兩人分別提出與裁定。'),
  INDICATOR_HAS_DATA: rule('basis', 'Appraisals', 'The indicator has data: this needs the committee\u2019s assent.', '指標已有數據，須經小組同意。'),
  TOO_EARLY: rule('basis', 'Appraisals', 'Only after the cut-off, or earlier by assent.', '截止後方可，或經小組同意提前。'),
  NOT_PUBLISHED: rule('stream', 'Appraisals', 'No score is published.', '尚未發布分數。'),
  ALREADY_PUBLISHED: rule('stream', 'Appraisals', 'The score is published; only corrections and rulings follow.', '分數已發布，僅可更正或裁決。'),
  NOT_COMMUNICATED: rule('stream', 'Appraisals', 'The result is not communicated yet.', '結果尚未告知。'),
  INTERVIEW_MISSING: rule('stream', 'Appraisals', 'Finalization needs the interview, or its waiver.', '定案前須有面談或豁免。'),
  INTERVIEW_EXISTS: rule('stream', 'Appraisals', 'The interview is recorded or waived already.', '面談已記錄或已豁免。'),
  FILING_OPEN: rule('basis', 'Appraisals', 'No finalization before the filing window ends.', '申訴期未滿不得定案。'),
  ALREADY_FINAL: rule('stream', 'Appraisals', 'After finalization only a remedy or a correction opens a revision.', '定案後僅裁決或更正可修訂。'),
  STALE_INPUT: rule('basis', 'Appraisals', 'A view this rests on is parked.', '所依據的視圖已停放。'),
  // Composites
  PART_NOT_FINAL: rule('basis', 'Composites', 'Every part is final.', '各部分須已定案。'),
  YEAR_NOT_OVER: rule('basis', 'Composites', 'After the YEAR cycle\u2019s cut-off only.', '年度截止後方可。'),
  COMPOSITE_EXISTS: rule('key', 'Composites', 'Once per person and year.', '每人每年僅一次。'),
  NO_YEAR_SCHEME: rule('basis', 'Composites', 'No YEAR scheme applies.', '無適用的年度方案。'),
} as const satisfies Readonly<Record<string, Rule>>;

/** The code of a broken rule; what a refused command returns (`domain.md`). */
export type RuleCode = keyof typeof RULES;
