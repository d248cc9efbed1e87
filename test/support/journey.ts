import { setTimeout as delay } from 'node:timers/promises';
import { uuidV5 } from '@assay/domain';
import { endOfDay } from '@assay/event-log';
import { startGraphqlApp, type Answer, type GraphqlApp, type TestEngine } from './graphql-app.js';

/** Whatever JSON holds: each assertion states the shape. */
export type Json = ReturnType<typeof JSON.parse>;
type Input = Readonly<Record<string, unknown>>;

const ZONE = 'Asia/Shanghai';
const AGAIN_MS = 20;
/** Noon of a day, company time. */
export const noon = (day: string): number => endOfDay(day, ZONE) - 43_200_000;
/** A fact by hand, or a file, carries the SHA-256 of what proves it. */
export const PROOF = 'e'.repeat(64);

/** A company's days, lived by people who have nothing but the GraphQL API and a token. */
export class Journey {
  private commands = 0;

  private constructor(readonly app: GraphqlApp) {}

  static async begin(name: string, day: string, engine?: TestEngine): Promise<Journey> {
    return new Journey(await startGraphqlApp({ name, timeZone: ZONE }, noon(day), engine));
  }

  /** Lets days pass until noon of one: timers fire, process managers and views follow. */
  async until(day: string): Promise<void> {
    await this.app.simulated.simulation.advance(noon(day));
  }

  /** Lets process managers and views follow what happened. */
  settle(): Promise<void> {
    return this.app.simulated.simulation.settle();
  }

  /** A query that is answered without errors. */
  async ask(by: string, query: string, variables: Input = {}): Promise<Json> {
    const { data, errors } = await answered(() => this.app.ask(by, query, variables));
    if (errors !== undefined || data == null) throw new Error(`${by} asks ${query}: ${JSON.stringify(errors)}`);
    return data;
  }

  as(by: string): Speaker {
    return new Speaker(this.app, by, () => {
      this.commands += 1;
      return uuidV5(this.app.runtime.logId, `command ${String(this.commands)}`);
    });
  }
}

/** What a mutation came to. */
interface Result {
  readonly __typename: string;
  readonly code: string;
  /** What was asked of the view that it made. */
  readonly [shown: string]: Json;
}

/** One person, by the subject of their token, with something to do. */
class Speaker {
  constructor(
    private readonly app: GraphqlApp,
    private readonly by: string,
    private readonly commandId: () => string,
  ) {}

  /** A mutation that is carried out; what it answers of the view it made. */
  async say(mutation: string, input: Input, shown = ''): Promise<Result> {
    const result = await this.result(mutation, input, shown);
    if (result.__typename !== `${pascal(mutation)}Accepted`) throw new Error(`${this.by} says ${mutation}: ${JSON.stringify(result)}`);
    return result;
  }

  /** A mutation that a rule refuses: its code. */
  async refusal(mutation: string, input: Input): Promise<string> {
    const { __typename: what, code } = await this.result(mutation, input, '');
    if (what !== 'Rejection') throw new Error(`${this.by} says ${mutation} and is not refused`);
    return code;
  }

  /** A mutation that its sender may not send, or not now: the error's code. */
  async error(mutation: string, input: Input): Promise<unknown> {
    const { errors } = await this.send(mutation, input, '');
    return errors?.[0]?.extensions['code'];
  }

  private async result(mutation: string, input: Input, shown: string): Promise<Result> {
    const { data, errors } = await this.send(mutation, input, shown);
    if (errors !== undefined) throw new Error(`${this.by} says ${mutation}: ${JSON.stringify(errors)}`);
    // The schema says so of every mutation.
    return data?.[mutation] as Result;
  }

  private send(mutation: string, input: Input, shown: string): Promise<Answer> {
    const name = pascal(mutation);
    const text = `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { __typename ... on Accepted { position } ${shown && `... on ${name}Accepted { ${shown} }`} ... on Rejection { code message facts { name value } } } }`;
    const variables = { input: { commandId: this.commandId(), ...input } };
    return answered(() => this.app.ask(this.by, text, variables));
  }
}

/** Asks until the answer is not to ask again, as a busy machine may give it; a command keeps its id. */
async function answered(ask: () => Promise<Answer>): Promise<Answer> {
  for (let answer = await ask(); ; answer = await ask()) {
    if (answer.errors?.[0]?.extensions['retryable'] !== true) return answer;
    await delay(AGAIN_MS);
  }
}

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
