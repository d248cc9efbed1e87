import type { Principal } from '@assay/domain';
import type DataLoader from 'dataloader';
import type { VerifiedIdentity } from './token-verifier.js';
import type { Locale } from './locale.js';

/** Where a token's identity becomes a person with rights; the read models or the log answer it. */
export interface PrincipalSource {
  /** The person or integration an identity is linked to, with their rights as they are now; null where nobody is. */
  find(issuer: string, subject: string): Promise<Principal | null>;
}
/** Nest's token for the port above. */
export const PRINCIPAL_SOURCE = Symbol('PrincipalSource');

/**
 * What every resolver is given as its context: one per HTTP request and one per subscription.
 * Rights are looked up when first asked for and stand for one request; a subscription asks `refreshed()` for each
 * event, since rights end with the event that ends them (`api.md`, Subscriptions).
 */
export class GraphqlContext {
  /** Batching loaders of this request, by name; see `loader`. */
  private readonly loaders = new Map<string, unknown>();
  private found: Promise<Principal | null> | undefined;

  constructor(
    readonly requestId: string,
    readonly identity: VerifiedIdentity | null,
    readonly locale: Locale,
    private readonly source: PrincipalSource,
  ) {}

  /** Who asks, as of this request; null without a token or where its identity is linked to nobody. */
  principal(): Promise<Principal | null> {
    this.found ??= this.look();
    return this.found;
  }

  /** Who asks, with their rights as they are now; what was loaded under the former ones is forgotten. */
  refreshed(): Promise<Principal | null> {
    this.loaders.clear();
    this.found = this.look();
    return this.found;
  }

  /** The request's own loader of that name, made at its first use, so that rows of one request are fetched together. */
  loader<K, V>(name: string, make: () => DataLoader<K, V>): DataLoader<K, V> {
    // The map forgets key and value types; a name always belongs to one `make`.
    const held = this.loaders.get(name) as DataLoader<K, V> | undefined;
    if (held) return held;
    const made = make();
    this.loaders.set(name, made);
    return made;
  }

  private look(): Promise<Principal | null> {
    return this.identity === null ? Promise.resolve(null) : this.source.find(this.identity.issuer, this.identity.subject);
  }
}
