import { evolveFacts, evolveImport, initialFacts, initialImport, sees, visibleFacts, visibleImports, type AccessRow, type FactsState, type ImportState, type Recorded } from '@assay/domain';
import type { MutationViews } from '../edge/command-resolver.js';
import type { GraphqlContext } from '../edge/context.js';
import { encodeNodeId } from '../edge/node-id.js';
import { eventsOf } from './appraisal-sight.js';
import { liveAt, principalIn, seesDocument } from './documents.js';
import { placed } from './placed.js';
import type { FeaturePorts } from './ports.js';
import { SOURCE_BY_AGGREGATE, type Source } from './sources.js';

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
  viewOf: async (aggregate, { stream, position, revision }, context) => {
    if (position === null || revision < 0) return null;
    const landed = { stream, position };
    if (aggregate === 'import') return importAt(ports, landed, context);
    if (aggregate === 'facts') return factsAt(ports, landed, context);
    const source = SOURCE_BY_AGGREGATE[aggregate];
    return source === undefined ? null : documentAt(ports, source, { landed, context });
  },
});

async function documentAt({ readModels }: FeaturePorts, source: Source, { landed, context }: { readonly landed: Landed; readonly context: GraphqlContext }): Promise<object | null> {
  const { stream, position } = landed;
  const doc = await readModels.moment(source.view, { upTo: position }).doc(stream);
  if (doc === null || !seesDocument(source, doc, await principalIn(context))) return null;
  // Every document of the views carries the position of its stream's last event.
  return placed(source as Source<{ readonly position: number }>, { key: stream, doc: doc as { readonly position: number }, stale: null }, liveAt(position));
}

async function upTo({ log }: FeaturePorts, { stream, position }: Landed): Promise<readonly Recorded[]> {
  const events = await eventsOf(log, stream);
  return events.filter((event) => event.position <= position);
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
