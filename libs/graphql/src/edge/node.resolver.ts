import { Inject } from '@nestjs/common';
import { Args, Context, ID, Query, Resolver } from '@nestjs/graphql';
import { Access } from './access.guard.js';
import { GraphqlContext } from './context.js';
import { badInput } from './error-codes.js';
import { PAGE_SIZE_MAX } from './connection.js';
import { decodeNodeId, type NodeKey } from './node-id.js';
import { Node } from './node.view.js';

/** Where objects of one type are fetched by their keys. */
export interface NodeSource {
  /** One answer for each key, in order; null for what does not exist and for what the caller may not read. */
  fetch(keys: readonly NodeKey[], context: GraphqlContext): Promise<readonly (object | null)[]>;
}
/** Sources by the type of the schema. */
export type NodeSources = Readonly<Record<string, NodeSource>>;
/** Nest's token for them. */
export const NODE_SOURCES = Symbol('NodeSources');

/** Fetches whatever has an id (Relay's `node` and `nodes`), one call for each type asked for. */
@Resolver()
export class NodeResolver {
  constructor(@Inject(NODE_SOURCES) private readonly sources: NodeSources) {}

  @Query(() => Node, { nullable: true, description: 'The object of an id; null where there is none or you may not read it.' })
  @Access()
  async node(@Args('id', { type: () => ID, description: 'An id as it was read.' }) id: string, @Context() context: GraphqlContext): Promise<object | null> {
    const [found] = await this.fetch([id], context);
    return found ?? null;
  }

  @Query(() => [Node], { nullable: 'items', description: `The objects of up to ${String(PAGE_SIZE_MAX)} ids, in their order; null where there is none or you may not read it.` })
  @Access()
  async nodes(@Args('ids', { type: () => [ID], description: `Ids as they were read, at most ${String(PAGE_SIZE_MAX)}.` }) ids: string[], @Context() context: GraphqlContext): Promise<readonly (object | null)[]> {
    if (ids.length > PAGE_SIZE_MAX) throw badInput(`At most ${String(PAGE_SIZE_MAX)} ids at a time.`);
    return this.fetch(ids, context);
  }

  private async fetch(ids: readonly string[], context: GraphqlContext): Promise<readonly (object | null)[]> {
    const keys = ids.map(decodeNodeId);
    const found = new Map<NodeKey, object | null>();
    for (const type of new Set(keys.map((key) => key.type))) {
      const ofType = keys.filter((key) => key.type === type);
      const objects = (await this.sources[type]?.fetch(ofType, context)) ?? [];
      for (const [index, key] of ofType.entries()) found.set(key, objects[index] ?? null);
    }
    return keys.map((key) => {
      const object = found.get(key) ?? null;
      return object === null ? null : { ...object, __typename: key.type };
    });
  }
}
