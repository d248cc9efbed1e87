import { proposalOf } from '@assay/domain';
import type { CompanyFile } from './company-file.js';
import { idOf, inParallel, instantOf, type Step } from '@assay/runtime';
import { type Entry, type Replay } from './replay-world.js';

/** Metrics and schemes of a replayed company, each by the person and on the day that the company file names. */
export function rulesEntries(replay: Replay): readonly Entry[] {
  const { company } = replay;
  const at = (day: string, hour: number): number => instantOf(day, hour, company.timeZone);
  return [
    { at: at(company.agents.joinedOn, 10), label: 'metrics', run: () => defineMetrics(replay) },
    ...company.schemes.flatMap((scheme) => [
      { at: at(scheme.draftedOn, 9), label: `scheme ${scheme.key}`, run: () => proposeScheme(replay, scheme) },
      { at: at(scheme.publishedOn, 9), label: `scheme ${scheme.key}`, run: () => publishScheme(replay, scheme) },
    ]),
  ];
}

async function defineMetrics({ stage, company, people }: Replay): Promise<void> {
  await inParallel(company.metrics, (metric) => stage.must({ key: `metric ${metric.code}`, by: people.cast(company.metricsBy), aggregate: 'metric', type: 'DefineMetric', data: metric }));
}

type Scheme = CompanyFile['schemes'][number];

async function proposeScheme(replay: Replay, { key, names, content, by, assents }: Scheme): Promise<void> {
  const { stage, people, schemes } = replay;
  const drafted = await stage.must({ key: `draft ${key}`, by: people.cast(by), aggregate: 'scheme', type: 'DraftScheme', data: { names } });
  schemes.set(key, idOf(drafted));
  const proposal = { key: `propose ${key}`, by: people.cast(by), aggregate: 'scheme', type: 'ProposeSchemeVersion', id: idOf(drafted), data: { content } } as const;
  await stage.must(proposal);
  await assentTo(replay, { proposal, stream: drafted.stream, assent: 'AssentToSchemeVersion', ballots: assents });
}

async function publishScheme({ stage, people, schemes }: Replay, { key, by, effectiveFrom }: Scheme): Promise<void> {
  await stage.must({ key: `publish ${key}`, by: people.cast(by), aggregate: 'scheme', type: 'PublishSchemeVersion', id: schemes.get(key) ?? '', data: { effectiveFrom } });
}

/** The seats named assent to exactly the proposal that a step made (`domain.md`, Company, Assent). */
export async function assentTo(
  { stage, people }: Replay,
  of: { readonly proposal: Step; readonly stream: string; readonly assent: string; readonly ballots: readonly { readonly seat: string; readonly by: string }[] },
): Promise<void> {
  const { proposal, stream, assent, ballots } = of;
  const { eventId, digest } = proposalOf(await stage.eventOf(proposal, stream));
  for (const { seat, by } of ballots) {
    const data = { seat, proposalEventId: eventId, proposalDigest: digest };
    await stage.must({ ...proposal, key: `${proposal.key} ${seat}`, by: people.cast(by), type: assent, data, reason: undefined });
  }
}
