import type { Visibility } from '@assay/domain';
import { allViews, type Filter, type Order } from '@assay/read-models';
import type { GraphQLResolveInfo } from 'graphql';
import type { PageRequest } from '../edge/connection.js';
import type { GraphqlContext } from '../edge/context.js';
import { decodeNodeId } from '../edge/node-id.js';
import { Documents, principalIn, type At, type Positioned } from './documents.js';
import { listOf, type Orders, type ShownConnection } from './lists.js';
import { countMoment, shownAt, type MomentRequest } from './moment.js';
import { keyOfId, shownOfId, type Placed } from './placed.js';
import type { FeaturePorts } from './ports.js';
import type { Replays } from './replay.js';
import type { Source } from './sources.js';

/** A list's arguments: page, moment, order. */
export interface ListArgs extends PageRequest, MomentRequest {
  readonly orderBy?: string | null;
}
/** What a resolver adds to a list's arguments. */
export interface ListParts<Doc> {
  readonly source: Source<Doc & object>;
  readonly filter: Filter;
  readonly orders: Orders;
  /** Narrower than the type's own, where order or filter would tell of what is hidden. */
  readonly visibility?: Visibility;
  readonly info: GraphQLResolveInfo;
}

/**
 * How resolvers read: a root field settles its moment, everything below it is read at that moment, and all of it as the
 * caller may see it. One for the process; what belongs to a request is in its context.
 */
export class Reading {
  readonly documents: Documents;

  constructor(
    readonly ports: FeaturePorts,
    readonly replays: Replays,
  ) {
    this.documents = new Documents(ports, replays);
  }

  /**
   * The moment of a root field. Freshness counts every projection: what a query touches below is known only once it
   * runs, and the cursors of all are one row read.
   */
  async at(request: MomentRequest, context: GraphqlContext): Promise<At> {
    const shown = await shownAt(this.ports, request, allViews);
    countMoment(context, shown);
    return { context, shown };
  }

  /** One page of a list at the moment its arguments name. */
  async list<Doc extends Positioned & object>(args: ListArgs, context: GraphqlContext, parts: ListParts<Doc>): Promise<ShownConnection<Placed<Doc>>> {
    const at = await this.at(args, context);
    const { source, filter, orders, info } = parts;
    const visibility = parts.visibility ?? source.visible(await principalIn(context));
    const order = orderOf(orders, args.orderBy);
    return listOf({ readModels: this.ports.readModels, documents: this.documents }, { source, page: args, filter, order, visibility, info }, at);
  }

  /**
   * The document of an opaque id; null for an id of another type, for what is not there and for what may not be read. An
   * id that shows a moment keeps it; given with another one, that other one is meant.
   */
  async byId<Doc extends Positioned>(source: Source<Doc>, id: string, request: MomentRequest & { readonly context: GraphqlContext }): Promise<Placed<Doc> | null> {
    const { at, key } = await this.keyAt(source, id, request);
    return key === null ? null : this.documents.one(source, key, at);
  }

  /** The view's key of an id with its moment; null for an id of another type. The moment is settled either way, so that both take the same path. */
  async keyAt(source: Pick<Source, 'type' | 'prefix'>, id: string, request: MomentRequest & { readonly context: GraphqlContext }): Promise<{ readonly at: At; readonly key: string | null }> {
    const node = decodeNodeId(id);
    const at = await this.at(request, request.context);
    const own = request.asOf == null && request.effectiveOn == null ? shownOfId(node) : null;
    return { at: own === null ? at : { ...at, shown: own }, key: node.type === source.type ? keyOfId(source, node.key) : null };
  }
}

/** The order of a word of the list's enum; the first one where none is given. */
export function orderOf(orders: Orders, word: string | null | undefined): { readonly word: string; readonly by: Order } {
  const [first = ''] = Object.keys(orders);
  const chosen = word ?? first;
  const by = orders[chosen];
  if (by === undefined) throw new Error(`no order ${chosen}`);
  return { word: chosen, by };
}
