import type { Connection, EventStoreLog, OpenEventStoreLogOptions } from '@assay/event-log';
import type { EventStoreDouble } from '../eventstoredb/double.js';

/** What the cases of an event store may do to it. */
export interface EventStoreAccess {
  /** The address of the server. */
  readonly url: string;
  /** Namespace of this case's log: a real server is shared by all of them. */
  readonly namespace: string;
  /** Null where the server is a real one, which does no harm on demand. */
  readonly double: EventStoreDouble | null;
  /** The index's database. */
  readonly owner: Connection;
  readonly app: Connection;
  /** Another client of the same log. */
  readonly client: (options?: Partial<OpenEventStoreLogOptions> & { readonly url?: string }) => Promise<EventStoreLog>;
}
