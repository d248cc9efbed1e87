import { Field, ID, InterfaceType } from '@nestjs/graphql';

/** Everything that has an id of its own. */
@InterfaceType('Node', {
  description: 'Whatever can be fetched again by its id.',
  // Objects are plain rows; those that are shown through this interface name their type.
  resolveType: (value: { readonly __typename?: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque: type and key, and for a historical document the moment it shows. Never a business code.' })
  id: string;
}
