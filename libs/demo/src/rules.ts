import { proposalOf } from '@assay/domain';
import { inParallel } from '@assay/runtime';
import { DIRECTOR, FINANCE, HR_HEAD, HR_OFFICER } from './cast.js';
import { METRICS, metricsOf, ROLES, type DemoRole } from './measures.js';
import { SCHEMES, type DemoScheme } from './schemes.js';
import type { Demo, Entry } from './world.js';

/** Metrics, role templates and schemes: defined, assented to by two seats, published before the first period. */
export function rulesEntries(demo: Demo): readonly Entry[] {
  const { rulesOn } = demo.dates;
  return [
    { at: demo.at(rulesOn, 9), label: 'metrics', run: () => define(demo) },
    { at: demo.at(rulesOn, 10), label: 'role templates', run: async () => void (await inParallel(ROLES, (role) => publishTemplate(demo, role))) },
    { at: demo.at(rulesOn, 11), label: 'schemes', run: async () => void (await inParallel(SCHEMES, (scheme) => propose(demo, scheme))) },
    { at: demo.at(rulesOn, 15), label: 'schemes', run: () => publish(demo) },
  ];
}

async function define(demo: Demo): Promise<void> {
  await inParallel(METRICS, (metric) => demo.stage.must({ key: `metric ${metric.code}`, by: demo.person(DIRECTOR), aggregate: 'metric', type: 'DefineMetric', data: { ...metric } }));
}

async function publishTemplate(demo: Demo, { code, names, ratedBy }: DemoRole): Promise<void> {
  const levels = (['MONTH', 'QUARTER', 'YEAR'] as const).map((level) => ({
    level,
    metrics: metricsOf(level, code).map((metric) => ({ metric, defaults: {} })),
    keyActions: level === 'QUARTER' ? [{ code: 'CUSTOMER_REVIEW', names: { en: 'Customer review', zh: '客户复盘' }, planned: 3 }] : [],
    evaluatorUnits: level === 'MONTH' ? [] : [ratedBy],
  }));
  await demo.stage.must({ key: `template ${code}`, by: demo.person(HR_OFFICER), aggregate: 'template', type: 'PublishRoleTemplate', data: { role: code, names, levels } });
}

async function propose(demo: Demo, { key, names, content }: DemoScheme): Promise<void> {
  const { stage } = demo;
  const by = demo.person(HR_OFFICER);
  const { stream } = await stage.must({ key: `draft ${key}`, by, aggregate: 'scheme', type: 'DraftScheme', data: { names } });
  const id = demo.madeBy(HR_OFFICER, `draft ${key}`);
  const proposal = { key: `propose ${key}`, by, aggregate: 'scheme', type: 'ProposeSchemeVersion', id, data: { content } } as const;
  await stage.must(proposal);
  const { eventId, digest } = proposalOf(await stage.eventOf(proposal, stream));
  for (const [seat, member] of [['HR', HR_HEAD], ['FINANCE', FINANCE]] as const) {
    const data = { seat, proposalEventId: eventId, proposalDigest: digest };
    await stage.must({ key: `assent ${key} ${seat}`, by: demo.person(member), aggregate: 'scheme', type: 'AssentToSchemeVersion', id, data });
  }
}

async function publish(demo: Demo): Promise<void> {
  const effectiveFrom = demo.dates.quarters.A5.period.from;
  // One after the other: each looks whether another of them is for the same role and level.
  for (const { key } of SCHEMES) {
    const id = demo.madeBy(HR_OFFICER, `draft ${key}`);
    await demo.stage.must({ key: `publish ${key}`, by: demo.person(HR_OFFICER), aggregate: 'scheme', type: 'PublishSchemeVersion', id, data: { effectiveFrom } });
  }
}
