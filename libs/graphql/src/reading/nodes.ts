import { eventsById } from '../events/trail.js';
import type { GraphqlContext } from '../edge/context.js';
import type { NodeKey } from '../edge/node-id.js';
import type { NodeSource, NodeSources } from '../edge/node.resolver.js';
import { allViews } from '@assay/read-models';
import { unitOfDocument } from '../resolvers/unit.js';
import { Documents, liveAt, principalIn, type Positioned } from './documents.js';
import type { Shown } from './moment.js';
import { keyOfId, shownOfId } from './placed.js';
import type { FeaturePorts } from './ports.js';
import { directReplays } from './replay.js';
import { companySource, NODE_TYPES, type Source } from './sources.js';
import { apiError } from '../edge/error-codes.js';

/**
 * Where objects are fetched by their ids: documents of the views at the moment the id shows, units inside the company,
 * events of the trail. Null for what is not there and for what may not be read.
 */
export function featureNodes(ports: FeaturePorts): NodeSources {
  const documents = new Documents(ports, directReplays(ports.readModels));
  const ofDocuments = NODE_TYPES.map((source): [string, NodeSource] => [source.type, { fetch: (keys, context) => fetchDocuments({ ports, documents, context }, source, keys) }]);
  return {
    ...Object.fromEntries(ofDocuments),
    Unit: { fetch: (keys, context) => fetchUnits({ ports, documents, context }, keys) },
    Event: { fetch: async (keys, context) => eventsById(ports, keys.map(({ key }) => key), await principalIn(context)) },
  };
}

interface Fetching {
  readonly ports: FeaturePorts;
  readonly documents: Documents;
  readonly context: GraphqlContext;
}

async function fetchDocuments(fetching: Fetching, source: Source, keys: readonly NodeKey[]): Promise<readonly (object | null)[]> {
  const shown = await momentsOf(fetching, keys);
  // Every document of the views carries the position of its stream's last event.
  const positioned = source as Source<Positioned>;
  return Promise.all(keys.map((node, index) => fetching.documents.one(positioned, keyOfId(source, node.key), { context: fetching.context, shown: shown[index] ?? liveAt(-1) })));
}

async function fetchUnits(fetching: Fetching, keys: readonly NodeKey[]): Promise<readonly (object | null)[]> {
  const shown = await momentsOf(fetching, keys);
  return Promise.all(
    keys.map(async ({ key }, index) => {
      const at = shown[index] ?? liveAt(-1);
      const company = await fetching.documents.one(companySource, 'company', { context: fetching.context, shown: at });
      const unit = company?.units.find(({ code }) => code === key);
      return unit === undefined ? null : unitOfDocument(unit, at);
    }),
  );
}

/** The moment of each id: its own, or the present. A position that the log does not have yet is refused as everywhere. */
async function momentsOf({ ports }: Fetching, keys: readonly NodeKey[]): Promise<readonly Shown[]> {
  const [head, position] = await Promise.all([ports.log.head(), ports.readModels.position(allViews)]);
  return keys.map((node) => {
    const shown = shownOfId(node) ?? liveAt(position);
    if (shown.position > head.position && shown.historical) throw apiError('POSITION_AHEAD', 'The log does not reach that far.', { position: String(head.position) });
    return shown;
  });
}
