import { companyFold, cycleFold, factsFold, factsStream, wasRejected } from '@assay/commands';
import { dayAt } from '@assay/event-log';
import type { LiveImport } from './live-import.js';
import { inParallel } from '@assay/runtime';

const CYCLES_MAX = 10_000;

/** Reports, for each person and metric, each cycle period that is over and lies inside what the mapping says it covers. */
export async function reportPeriods(live: LiveImport, owners: ReadonlyMap<string, string>): Promise<void> {
  const { target, input, integration, issue, tally } = live;
  const { mapping, delivery } = input;
  const periods = await coveredPeriods(live);
  const reader = await target.executor.reader();
  const streams = [...new Set(owners.values())].flatMap((owner) => Object.values(mapping.metrics).map((metric) => ({ owner, metric })));
  await inParallel(streams, async ({ owner, metric }) => {
    const state = await reader.state(factsFold, factsStream(target.logId, owner, metric));
    const known = state.status === 'ABSENT' ? [] : state.reports;
    for (const { from, to } of periods) {
      const told = known.some((report) => report.source === mapping.source && report.from === from && report.to === to && report.delivery === delivery);
      if (told) continue;
      const data = { owner, metric, source: mapping.source, from, to, delivery };
      const outcome = await issue({ key: 'report', by: integration, aggregate: 'facts', type: 'ReportPeriod', data });
      if (wasRejected(outcome)) tally.refuseStep(`the report of ${metric}, ${from} to ${to}`, outcome.rejection.rejected);
      else tally.counts.reports += 1;
    }
  });
}

async function coveredPeriods({ target, input }: LiveImport): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const { covers } = input.mapping;
  const reader = await target.executor.reader();
  const company = await reader.state(companyFold, 'company');
  const today = dayAt(await target.store.now(), company.status === 'ABSENT' ? 'UTC' : company.timeZone);
  const opened = await target.store.readAll({ afterPosition: -1, types: ['CycleOpened'], max: CYCLES_MAX });
  const cycles = await Promise.all(opened.map(({ stream }) => reader.state(cycleFold, stream)));
  return cycles.flatMap((cycle) => {
    if (cycle.status === 'ABSENT') return [];
    const { from, to } = cycle.period;
    return covers.from <= from && to <= covers.to && to < today ? [{ from, to }] : [];
  });
}
