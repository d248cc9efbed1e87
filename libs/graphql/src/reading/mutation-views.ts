import { evolveCycle, evolveFacts, evolveImport, initialCycle, initialFacts, initialImport, sees, visibleFacts, visibleImports, type AccessRow, type CycleState, type FactsState, type ImportState, type Recorded } from '@assay/domain';
import { recalibrationView } from '@assay/read-models';
import type { MutationViews } from '../edge/command-resolver.js';
import type { GraphqlContext } from '../edge/context.js';
import { encodeNodeId } from '../edge/node-id.js';
import { eventsOf } from './appraisal-sight.js';
import { liveAt, principalIn, seesDocument } from './documents.js';
import { placed } from './placed.js';
import type { FeaturePorts } from './ports.js';
import { recalibrationSource, SOURCE_BY_AGGREGATE, type Source } from './sources.js';

interface Landed {
  readonly stream: string;
  readonly position: number;
}

/**
 * What an accepted command shows: the same view that queries show, folded to the command's last event and never read from
 * the live rows, so that a repetition shows what the first time did (`architecture.md`, The log port). Null where the
 * caller may not read it, and where the position is not known yet.
 */
export const featureViews = (ports: FeaturePorts): MutationViews => ({
  viewOf: async (name, { stream, position, revision }, context) => {
    if (position === null || revision < 0) return null;
    const landed = { stream, position };
    if (name === 'import') return importAt(ports, landed, context);
    if (name === 'facts') return factsAt(ports, landed, context);
    if (name === 'recalibration') return recalibrationAt(ports, landed, context);
    const source = SOURCE_BY_AGGREGATE[name];
    return source === undefined ? null : documentAt(ports, source, { key: stream, position, context });
  },
});

async function documentAt({ readModels }: FeaturePorts, source: Source, { key, position, context }: { readonly key: string; readonly position: number; readonly context: GraphqlContext }): Promise<object | null> {
  const doc = await readModels.moment(source.view, { upTo: position }).doc(key);
  if (doc === null || !seesDocument(source, doc, await principalIn(context))) return null;
  // Every document of the views carries the position of its stream's last event.
  return placed(source as Source<{ readonly position: number }>, { key, doc: doc as { readonly position: number }, stale: null }, liveAt(position));
}

async function upTo({ log }: FeaturePorts, { stream, position }: Landed): Promise<readonly Recorded[]> {
  const events = await eventsOf(log, stream);
  return events.filter((event) => event.position <= position);
}

/** The recalibration that the command's last event concerns. */
async function recalibrationAt(ports: FeaturePorts, landed: Landed, context: GraphqlContext): Promise<object | null> {
  const events = await upTo(ports, landed);
  const last = events.at(-1);
  // The codec has checked the events against this category's catalogue.
  const state = events.reduce<CycleState>((held, event) => evolveCycle(held, event as Parameters<typeof evolveCycle>[1]), initialCycle);
  const [key] = last === undefined ? [] : (recalibrationView.keys?.({ state, position: last.position }, last) ?? []);
  return key === undefined ? null : documentAt(ports, recalibrationSource, { key, position: landed.position, context });
}

async function importAt(ports: FeaturePorts, landed: Landed, context: GraphqlContext): Promise<object | null> {
  if (!sees(visibleImports(await principalIn(context)), {})) return null;
  const events = await upTo(ports, landed);
  // The codec has checked the events against this category's catalogue.
  const state = events.reduce<ImportState>((held, event) => evolveImport(held, event as Parameters<typeof evolveImport>[1]), initialImport);
  if (state.status === 'ABSENT') return null;
  return { ...state, id: encodeNodeId({ type: 'Import', key: state.importId }), revision: events.at(-1)?.revision ?? 0, position: landed.position };
}

async function factsAt(ports: FeaturePorts, landed: Landed, context: GraphqlContext): Promise<object | null> {
  const events = await upTo(ports, landed);
  // As above.
  const state = events.reduce<FactsState>((held, event) => evolveFacts(held, event as Parameters<typeof evolveFacts>[1]), initialFacts);
  if (state.status === 'ABSENT') return null;
  const principal = await principalIn(context);
  const row: AccessRow = { owner: state.owner, metric: state.metric };
  if (!sees(visibleFacts(principal), row)) return null;
  const counted = state.facts.filter(({ retraction, double }) => retraction === null && double === null);
  const { owner: ownerId, metric: metricCode, reports } = state;
  return { ownerId, metricCode, factsCount: counted.length, reportsCount: reports.length, revision: events.at(-1)?.revision ?? 0, position: landed.position };
}
