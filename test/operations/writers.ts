import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { systemCode } from '../support/system-code.js';

/** An answer of GraphQL over HTTP, of which a test says what it expects. */
export interface Posted {
  readonly status: number;
  readonly body: {
    readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
    readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
  };
}

interface Asking {
  readonly token: string;
  readonly query: string;
  readonly variables?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** Sends one operation; a connection that breaks rejects with the system's code. */
export function post(url: string, { token, query, variables = {}, headers = {}, agent }: Asking): Promise<Posted> {
  const body = JSON.stringify({ query, variables });
  const all = { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sending = request(`${url}/graphql`, { method: 'POST', headers: all, ...(agent === undefined ? {} : { agent }) }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.once('error', reject);
      // The shape that the specification gives an answer.
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Posted['body'] }));
    });
    sending.once('error', reject);
    sending.end(body);
  });
}

const TODAY = new Date().toISOString().slice(0, 10);

/** Enters a person into the directory: a command with a text about somebody in it, on a stream of its own. */
export const joinPerson = {
  query: 'mutation ($input: JoinPersonInput!) { joinPerson(input: $input) { ... on JoinPersonAccepted { position repeated } ... on Rejection { code } } }',
  variables: (given: Readonly<Record<string, unknown>>) => ({ input: { commandId: randomUUID(), name: 'Somebody', role: 'STAFF', unit: 'HQ', manager: null, from: TODAY, ...given } }),
};

/** How a command went: `CUT` and `UNSENT` were never answered, the one on a connection that broke, the other without any. */
export interface Outcome {
  readonly commandId: string;
  readonly how: 'ACKNOWLEDGED' | 'RETRYABLE' | 'CUT' | 'UNSENT' | 'FAILED';
  /** Of an acknowledged command. */
  readonly position: unknown;
  readonly detail: unknown;
}

const WRITERS = 8;

/** Clients that send one command after the other, each on a connection that is kept alive, until nobody listens any more. */
export class Writers {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly sent = new Set<string>();
  private readonly done = new Map<string, Outcome>();
  private readonly running: Promise<unknown>;
  private wake: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.running = Promise.all(Array.from({ length: WRITERS }, () => this.write()));
  }

  /** Resolves once so many commands are acknowledged. */
  async acknowledged(count: number): Promise<void> {
    while (this.outcomes().filter(({ how }) => how === 'ACKNOWLEDGED').length < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** The commands that were sent and are not answered. */
  inFlight(): readonly string[] {
    return [...this.sent].filter((commandId) => !this.done.has(commandId));
  }

  outcomes(): readonly Outcome[] {
    return [...this.done.values()];
  }

  /** Resolves once every writer has found that nobody listens. */
  async ended(): Promise<void> {
    await this.running;
    this.agent.destroy();
  }

  /** Sends every command again with its own id, acknowledged or not, until it is not told to ask again. */
  async repeat(url: string): Promise<readonly { readonly before: Outcome; readonly after: Outcome & { readonly repeated: unknown } }[]> {
    const repeated = [];
    for (const before of this.outcomes()) {
      repeated.push({ before, after: await this.again(url, before.commandId) });
    }
    return repeated;
  }

  private async again(url: string, commandId: string): Promise<Outcome & { readonly repeated: unknown }> {
    for (;;) {
      const posted = await post(url, { token: this.token, query: joinPerson.query, variables: this.variables(commandId) });
      const outcome = outcomeOf(commandId, posted);
      if (outcome.how !== 'RETRYABLE') return { ...outcome, repeated: posted.body.data?.['joinPerson']?.['repeated'] };
    }
  }

  private async write(): Promise<void> {
    for (let how: Outcome['how'] | null = null; how !== 'UNSENT' && how !== 'FAILED'; ) {
      const commandId = randomUUID();
      this.sent.add(commandId);
      const outcome = await this.send(commandId);
      this.done.set(commandId, outcome);
      how = outcome.how;
      this.wake();
    }
  }

  private async send(commandId: string): Promise<Outcome> {
    try {
      return outcomeOf(commandId, await post(this.url, { token: this.token, query: joinPerson.query, variables: this.variables(commandId), agent: this.agent }));
    } catch (error) {
      const code = systemCode(error) ?? String(error);
      return { commandId, how: code === 'ECONNREFUSED' ? 'UNSENT' : code === 'ECONNRESET' || code === 'EPIPE' ? 'CUT' : 'FAILED', position: null, detail: code };
    }
  }

  private variables(commandId: string): object {
    return joinPerson.variables({ commandId });
  }
}

function outcomeOf(commandId: string, { status, body }: Posted): Outcome {
  const accepted = body.data?.['joinPerson'];
  if (accepted !== undefined && 'repeated' in accepted) return { commandId, how: 'ACKNOWLEDGED', position: accepted['position'], detail: null };
  const again = status === 503 || (body.errors ?? []).some(({ extensions }) => extensions['retryable'] === true);
  return { commandId, how: again ? 'RETRYABLE' : 'FAILED', position: null, detail: body };
}
