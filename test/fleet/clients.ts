import 'reflect-metadata';
import { Agent } from 'node:http';
import { derivedId } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import { encodeNodeId } from '@assay/graphql';
import { post, type Posted } from '../operations/writers.js';
import type { Production } from '../support/production.js';
import type { Step } from '../support/stage.js';
import { systemCode } from '../support/system-code.js';
import { loadStep, type LoadWorld } from '../support/team-load.js';

/** A command that was answered. */
export interface Acknowledged {
  readonly key: string;
  readonly commandId: string;
  readonly events: number;
  readonly position: number;
}
/** What a client met instead of an answer, and asked again after. */
export interface Trouble {
  readonly what: string;
  /** How long it had waited for that, ms. */
  readonly tookMs: number;
}

/** What a client is told to ask again after, and what a connection that breaks says. */
const PASSING: ReadonlySet<string> = new Set(['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'OVERLOADED', 'NOT_YET_VISIBLE', 'CONCURRENT_CHANGE', 'BAD_GATEWAY', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE']);
const READ = 'query ($atLeast: Position) { people(first: 1, atLeast: $atLeast) { totalCount } targets(first: 1, atLeast: $atLeast) { totalCount } }';
const RESULT = '{ __typename ... on Accepted { position repeated } ... on Rejection { code } }';

/**
 * The clients of a company: each says its commands one after the other through one address, again with the same id until
 * it is answered, and after each reads what it wrote. Who they are is what their tokens say: a subject is a person's id.
 */
export class Clients {
  readonly acknowledged: Acknowledged[] = [];
  readonly troubles: Trouble[] = [];
  reads = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly tokens = new Map<string, Promise<string>>();
  private readonly next: number[];
  private running: readonly Promise<void>[] = [];
  private paused = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly production: Production,
    private readonly world: LoadWorld,
    writers: number,
  ) {
    this.next = Array.from({ length: writers }, () => 0);
  }

  /** Everybody goes on with their next command. */
  start(): void {
    this.paused = false;
    this.running = this.next.map((_, writer) => this.write(writer));
  }

  /** Resolves once everybody has ended the command they are at. Throws what no client may be told. */
  async pause(): Promise<void> {
    this.paused = true;
    await Promise.all(this.running);
  }

  /** Resolves after so many more answers; throws where a client ended. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    const ended = Promise.all(this.running).then(() => Promise.reject(new Error('the clients have ended')));
    while (this.acknowledged.length < wanted) await Promise.race([ended, new Promise<void>((resolve) => (this.wake = resolve))]);
  }

  /** Sends a command to wherever it is told, once. */
  async send(url: string, step: Step): Promise<Posted> {
    const name = step.type.charAt(0).toLowerCase() + step.type.slice(1);
    const { data, id, reason } = step;
    const nodeType = step.aggregate.charAt(0).toUpperCase() + step.aggregate.slice(1);
    const input = { commandId: this.commandId(step), ...(id === undefined ? {} : { id: encodeNodeId({ type: nodeType, key: id }) }), ...(reason === undefined ? {} : { reason }), ...data };
    return post(url, { token: await this.token(step.by), query: `mutation ($input: ${step.type}Input!) { ${name}(input: $input) ${RESULT} }`, variables: { input }, agent: this.agent });
  }

  /** A command on a stream of its own, sent to one process; its position. */
  async define(url: string, n: number): Promise<number> {
    const data = { code: `idle_${String(n)}`, names: { en: 'x', zh: 'x' }, unit: 'x', accumulation: 'SUM', direction: 'HIGHER' };
    return this.placed({ key: `idle ${String(n)}`, by: this.world.company.officer, aggregate: 'metric', type: 'DefineMetric', data }, url);
  }

  /** Reads at a position or later, wherever it is told, until that is shown. */
  async shown(url: string, atLeast: number): Promise<void> {
    await this.insist(`read at ${String(atLeast)}`, () => this.read(url, atLeast));
  }

  /** Reads at a position or later, wherever it is told, once. */
  async read(url: string, atLeast: number): Promise<Posted> {
    return post(url, { token: await this.token(this.world.company.director), query: READ, variables: { atLeast: String(atLeast) }, agent: this.agent });
  }

  close(): void {
    this.agent.destroy();
  }

  token(person: string): Promise<string> {
    // The administrator is known by the name that the log was opened with.
    const known = this.tokens.get(person) ?? this.production.token(person === this.world.company.admin ? 'admin' : person);
    this.tokens.set(person, known);
    return known;
  }

  private commandId({ key }: Step): string {
    return uuidV5(this.world.logId, key);
  }

  private async write(writer: number): Promise<void> {
    for (let n = this.next[writer] ?? 0; !this.paused; n += 1) {
      const step = loadStep(this.world, writer, n);
      await this.carriedOut(step, step.events);
      // Whoever joins may act from then on.
      if (step.type === 'JoinPerson') await this.carriedOut(this.identityOf(step), 1);
      this.next[writer] = n + 1;
    }
  }

  /** Lets the person that a step made act. */
  private identityOf(step: Step): Step {
    return identity(this.world.company.admin, { issuer: this.production.issuer, person: derivedId(this.world.logId, [step.by, this.commandId(step)]) });
  }

  private async carriedOut(step: Step, events: number): Promise<void> {
    const position = await this.placed(step);
    this.acknowledged.push({ key: step.key, commandId: this.commandId(step), events, position });
    this.wake();
    await this.shown(this.url, position);
    this.reads += 1;
  }

  /** Where a step stands. Committed and not indexed yet, it has no position: the same command is asked again, as after a lost answer. */
  private async placed(step: Step, url = this.url): Promise<number> {
    for (;;) {
      const { data } = await this.insist(step.key, () => this.send(url, step));
      const [answer] = Object.values(data ?? {});
      const position = answer?.['position'];
      if (position === undefined) throw new Error(`${step.key}: ${JSON.stringify(data)}`);
      if (position !== null) return Number(position);
    }
  }

  /** Asks until there is an answer; everything on the way is one that a client may ask again after. */
  private async insist(key: string, ask: () => Promise<Posted>): Promise<Posted['body']> {
    for (;;) {
      const asked = performance.now();
      const { body, trouble } = await ask().then(({ body: said }) => ({ body: said, trouble: wordOf(said) }), (error: unknown) => ({ body: {}, trouble: systemCode(error) ?? String(error) }));
      if (trouble === null) return body;
      if (!PASSING.has(trouble)) throw new Error(`${key}: ${trouble} ${JSON.stringify(body)}`);
      this.troubles.push({ what: trouble, tookMs: performance.now() - asked });
    }
  }
}

/** The code of an answer's first error, or null where it has none. */
function wordOf({ errors }: Posted['body']): string | null {
  const [first] = errors ?? [];
  if (first === undefined) return null;
  const { code } = first.extensions;
  return typeof code === 'string' ? code : JSON.stringify(first);
}

/** Links a person with the subject that is their id, as the administrator does. */
export const identity = (admin: string, { issuer, person }: { readonly issuer: string; readonly person: string }): Step => ({ key: `identity of ${person}`, by: admin, aggregate: 'person', type: 'LinkIdentity', id: person, data: { issuer, subject: person } });
