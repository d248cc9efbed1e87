import type { Type } from '@nestjs/common';
import { NodeResolver } from './edge/node.resolver.js';

/** Every resolver class of the API: what the application provides and `docs/reference/schema.graphql` is printed from. */
export const RESOLVERS: readonly Type[] = [NodeResolver];
