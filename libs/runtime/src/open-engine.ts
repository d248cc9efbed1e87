import { connectDbClient, openEventStoreLog, openPostgresLog, roomIn, type AppendObserver, type Connection, type ServedLog } from '@assay/event-log';

/** An event store that holds the log (`architecture.md`, EventStoreDB / KurrentDB adapter). */
export interface EventStorePlace {
  /** The client's address: `esdb://user:password@host:port?tls=true`. Never shown. */
  readonly url: string;
  /** File with the certificate of the authority that signed the server's. */
  readonly caFile?: string;
}

/** Which engine is opened, and how. */
export interface EngineRequest {
  readonly app: Connection;
  readonly owner: Connection | null;
  /** Folder of the embedded database, whose disk must have room; null on a server. */
  readonly home: string | null;
  readonly eventStore: EventStorePlace | undefined;
  /** Whether this process may keep an event store's order index. */
  readonly keepsIndex: boolean;
  readonly existing: boolean;
  readonly observer: AppendObserver | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onError: (error: unknown) => void;
  readonly say: (line: string) => void;
}

/** Opens the log on the engine that holds it: PostgreSQL, or an event store whose order index is in PostgreSQL. */
export function openEngine({ app, owner, home, eventStore, observer, ...request }: EngineRequest): Promise<ServedLog> {
  const logins = { app, ...(owner === null ? {} : { owner }), ...(observer === undefined ? {} : { observer }) };
  if (eventStore === undefined) return openPostgresLog({ ...logins, ...(home === null ? {} : { hasRoom: roomIn(home) }) });
  const { keepsIndex, existing, signal, onError, say } = request;
  const address = eventStoreAddress(eventStore);
  return openEventStoreLog({ ...logins, connect: () => connectDbClient(address), keepsIndex, existing, onError, progress: sayNowAndThen(say), ...(signal === undefined ? {} : { signal }) });
}

/** The address with the file of the CA, as the client takes it. */
export function eventStoreAddress({ url, caFile }: EventStorePlace): string {
  return caFile === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}tlsCAFile=${encodeURIComponent(caFile)}`;
}

const SAY_MS = 10_000;

/** An order index that is made anew may take minutes: a line each ten seconds says how far it is. */
function sayNowAndThen(say: (line: string) => void): (ordinal: number) => void {
  let last = Date.now();
  return (ordinal) => {
    if (Date.now() - last < SAY_MS) return;
    last = Date.now();
    say(`the order index follows the event store: ${String(ordinal + 1)} events`);
  };
}
