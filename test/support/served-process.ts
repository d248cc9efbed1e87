import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StartedProcess, type End } from './started-process.js';

const SERVER = 'dist/apps/api/src/main.js';
const COMMAND_LINE = 'dist/apps/cli/src/main.js';
const SERVING = /GraphQL +(http:\/\/[^ ]+)\/graphql/;
const DEFINE = 'mutation ($input: DefineUnitInput!) { defineUnit(input: $input) { ... on Accepted { position repeated } ... on Rejection { code rule } } }';
const LEND_HR = 'mutation ($input: GrantRoleInput!) { grantRole(input: $input) { ... on Accepted { position } ... on Rejection { code rule } } }';
/** What a client is told to ask again after. */
const PASSING: readonly unknown[] = ['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'OVERLOADED', 'NOT_YET_VISIBLE', 'CONCURRENT_CHANGE'];
const AGAIN_MS = 20;
/** A day that has not come, wherever a test moves the clock to. */
const LATER = '2100-01-01';
/** A log without the demo is in this machine's time zone. */
const today = (): string => new Intl.DateTimeFormat('sv-SE').format(new Date());

/** An answer as GraphQL over HTTP gives it. */
export interface Answered<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[];
}
interface Defined {
  readonly defineUnit: { readonly position?: string | null; readonly repeated?: boolean; readonly code?: string; readonly rule?: string };
}

/** The built server as a process of its own over a log without the demo, asked as its administrator. */
export class ServedProcess {
  private constructor(
    readonly process: StartedProcess,
    readonly url: string,
    private readonly token: string,
  ) {}

  static async start(settings: Readonly<Record<string, string>>, { script = SERVER, argv = ['--empty', '--demo'] }: { readonly script?: string; readonly argv?: readonly string[] } = {}): Promise<ServedProcess> {
    const all = { PORT: '0', LOG_LEVEL: 'error', ...settings };
    const server = new StartedProcess(script, argv, all);
    const url = await server.says(SERVING);
    const token = new StartedProcess(COMMAND_LINE, ['token', 'admin'], all);
    await token.ended;
    const served = new ServedProcess(server, url, (await readFile(token.out.trim(), 'utf8')).trim());
    await served.lendHr();
    return served;
  }

  async ask<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Answered<Data>> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) }).catch((error: unknown) => {
      throw new Error(`the server does not answer: ${this.process.err}`, { cause: error });
    });
    // The caller states the shape of what it asks for.
    return (await response.json()) as Answered<Data>;
  }

  /** The same, again until it is answered for good: a command by its id is the same one. Any other answer must be one that a client may repeat. */
  async insist<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    for (;;) {
      const answer = await this.ask<Data>(query, variables);
      if (answer.data != null && codeOf(answer) === null) return answer.data;
      if (!PASSING.includes(codeOf(answer))) throw new Error(`${query}: ${JSON.stringify(answer)}`);
      await delay(AGAIN_MS);
    }
  }

  /** Defines a unit, whatever happens meanwhile. Its position. */
  async defined(code: string): Promise<string> {
    const { defineUnit } = await this.insist<Defined>(DEFINE, definition(code, randomUUID()));
    if (defineUnit.position == null) throw new Error(`${code}: ${JSON.stringify(defineUnit)}`);
    return defineUnit.position;
  }

  /** A command that writes, said once: defines a unit. */
  define(code: string, commandId: string = randomUUID()): Promise<Answered<Defined>> {
    return this.ask(DEFINE, definition(code, commandId));
  }

  /** A read: the codes of the units, at most a hundred, at a position or later. */
  async units(atLeast: string | null = null): Promise<readonly string[]> {
    const { units } = await this.insist<{ readonly units: { readonly nodes: readonly { readonly code: string }[] } }>('query ($atLeast: Position) { units(first: 100, atLeast: $atLeast) { nodes { code } } }', { atLeast });
    return units.nodes.map(({ code }) => code);
  }

  /** The status of `/health/ready`, and what it says. */
  async ready(): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(`${this.url}/health/ready`);
    return { status: response.status, body: await response.text() };
  }

  /** Units are HR's to define, and the administrator of a new log has nobody else to name yet. */
  private async lendHr(): Promise<void> {
    const { viewer } = await this.insist<{ readonly viewer: { readonly personId: string; readonly roles: readonly string[] } }>('{ viewer { personId roles } }');
    if (viewer.roles.includes('HR')) return;
    const { grantRole } = await this.insist<{ readonly grantRole: object }>(LEND_HR, { input: { commandId: randomUUID(), person: viewer.personId, role: 'HR', from: today() } });
    if (!('position' in grantRole)) throw new Error(`HR is not lent: ${JSON.stringify(grantRole)}`);
  }

  stop(): Promise<End> {
    return this.process.kill('SIGTERM');
  }
}

const definition = (code: string, commandId: string) => ({ input: { commandId, code, names: { en: code, zh: code }, parent: null, head: null, from: LATER } });

/** The code of the first error of an answer, or null where it has none. */
export const codeOf = ({ errors }: Answered<unknown>): unknown => errors?.[0]?.extensions['code'] ?? null;
