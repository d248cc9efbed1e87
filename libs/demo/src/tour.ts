import type { Day } from '@assay/domain';
import { encodeNodeId } from '@assay/graphql';
import { ADMIN, AUDITOR, DIRECTOR, FINANCE, HR_OFFICER } from './cast.js';
import { CRM } from './company.js';
import { after } from './dates.js';
import { recalibrationOf, RUNNING_KEY } from './recalibrations.js';
import { DemoCase, type DemoPlan } from './world.js';

/** The languages in which a start speaks. */
export type TourLocale = 'en' | 'zh';
type Words = Readonly<Record<TourLocale, string>>;

/** Something to try: an operation of one line that succeeds with the token of the subject named. */
export interface TourStep {
  /** Name of the operation, e.g. `MyTargets`. */
  readonly name: string;
  readonly subject: string;
  readonly title: Words;
  readonly operation: string;
}

/** Whose tokens a start makes ready, and what they are. */
export const TOUR_SUBJECTS: readonly { readonly subject: string; readonly role: Words }[] = [
  { subject: HR_OFFICER, role: { en: 'HR officer', zh: '人事专员' } },
  { subject: DIRECTOR, role: { en: 'marketing director, committee', zh: '营销总监（专项小组）' } },
  { subject: 'hr-head', role: { en: 'HR head, committee', zh: '人事负责人（专项小组）' } },
  { subject: FINANCE, role: { en: 'finance, committee', zh: '财务代表（专项小组）' } },
  { subject: 'sales-manager', role: { en: 'manager', zh: '销售经理' } },
  { subject: 'sales-1', role: { en: 'employee', zh: '员工' } },
  { subject: AUDITOR, role: { en: 'auditor', zh: '审计' } },
  { subject: ADMIN, role: { en: 'administrator', zh: '系统管理员' } },
  { subject: CRM.subject, role: { en: 'the CRM, which delivers facts', zh: 'CRM 接口（报送事实）' } },
];

const FEEDBACK_WORKING_DAYS = 3;

/**
 * Five queries and two mutations that succeed on a demo's first day and after it, one at least for each kind of user:
 * frontend, committee, auditor, employee, manager (`api.md`, First start). `today` is the log clock's day: once the running
 * recalibration's feedback is closed, the employee files evidence instead.
 */
export function tourOf(logId: string, plan: DemoPlan, { today, locale }: { readonly today: Day; readonly locale: TourLocale }): readonly TourStep[] {
  const demo = new DemoCase(logId, plan);
  const { A, A1, A2 } = demo.dates.quarters;
  const feedbackOpen = today <= after(demo.dates.requestedOn, FEEDBACK_WORKING_DAYS);
  const node = (person: string, cycle: typeof A1): string => encodeNodeId({ type: 'Appraisal', key: demo.appraisal(person, cycle, cycle.period.from) });
  return [
    {
      name: 'Results',
      subject: HR_OFFICER,
      title: { en: 'frontend: who came to what, page by page', zh: '前端：上季度成绩，分页' },
      operation: `query Results { appraisals(first: 5, orderBy: TOTAL_DESC, filter: { cycle: "${A1.stream}" }) { nodes { subject { name } total grade status } pageInfo { endCursor } } }`,
    },
    {
      name: 'Recalibrations',
      subject: DIRECTOR,
      title: { en: 'committee: what was asked for, and why', zh: '专项小组：任务校准的申请与结果' },
      operation: 'query Recalibrations { recalibrations(first: 5) { nodes { status trigger reason feedbackUntil requester { name } dataReview { attainment } } } }',
    },
    {
      name: 'WhyThisScore',
      subject: AUDITOR,
      title: { en: 'auditor: why a score is what it is, recomputed', zh: '审计：分数的推导，并重新计算' },
      operation: `query WhyThisScore { explainScore(appraisal: "${node('sales-1', A2)}", revision: 1) { agrees text(locale: ${locale === 'zh' ? 'ZH_CN' : 'EN'}) } }`,
    },
    {
      name: 'MyTargets',
      subject: 'sales-1',
      title: { en: 'employee: my targets and how far they are', zh: '员工：我的任务与进度' },
      operation: `query MyTargets { targets(filter: { cycle: "${A.stream}" }) { nodes { metricCode effectiveTarget { target } actual attainment } } }`,
    },
    {
      name: 'MyTeam',
      subject: 'sales-manager',
      title: { en: 'manager: results that await an interview', zh: '经理：待面谈的结果' },
      operation: `query MyTeam { appraisals(filter: { cycle: "${A1.stream}", superiorId: "${demo.person('sales-manager')}" }) { nodes { id subject { name } total grade status } } }`,
    },
    feedbackOpen ? feedbackStep(demo) : evidenceStep(demo, node('sales-1', A1)),
    {
      name: 'Interview',
      subject: 'sales-manager',
      title: { en: 'manager: record an interview', zh: '经理：记录绩效面谈' },
      operation: `mutation Interview { recordInterview(input: { commandId: "${demo.commandId('tour interview')}", id: "${node('sales-2', A1)}", heldOn: "${plan.today}", notes: "逐项核对。Went through it all." }) { ${ANSWER} } }`,
    },
  ];
}

const ANSWER = '__typename ... on Accepted { position repeated } ... on Rejection { rule message }';

/** The affected owner says what they think of the running recalibration. */
function feedbackStep(demo: DemoCase): TourStep {
  const running = recalibrationOf(demo, RUNNING_KEY);
  const { level, code } = running.quarter;
  const id = encodeNodeId({ type: 'Cycle', key: `${level}-${code}` });
  const command = `commandId: "${demo.commandId('tour feedback')}", id: "${id}", recalibration: "${demo.madeBy(running.by, running.key)}"`;
  return {
    name: 'Feedback',
    subject: 'sales-1',
    title: { en: 'employee: say what you think of a recalibration', zh: '员工：对进行中的校准提出反馈' },
    operation: `mutation Feedback { giveFeedback(input: { ${command}, agrees: true, comment: "同意。Agreed." }) { ${ANSWER} } }`,
  };
}

/** What stays possible to the end of the case: a piece of evidence, by its hash. */
function evidenceStep(demo: DemoCase, id: string): TourStep {
  const content = `name: "contract.pdf", mediaType: "application/pdf", sizeBytes: 120000, sha256: "${'0'.repeat(64)}", location: "contracts/1"`;
  return {
    name: 'Evidence',
    subject: 'sales-1',
    title: { en: 'employee: file a piece of evidence', zh: '员工：提交成果证据' },
    operation: `mutation Evidence { submitEvidence(input: { commandId: "${demo.commandId('tour evidence')}", id: "${id}", ${content} }) { ${ANSWER} } }`,
  };
}
