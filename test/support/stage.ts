import { setTimeout as delay } from 'node:timers/promises';
import { isCommandError, wasRejected, type CommandAccepted, type CommandMessage, type CommandOutcome } from '@assay/commands';
import { commandCatalogue, proposalOf, uuidV5, type CommandDefinitions, type Principal, type Recorded } from '@assay/domain';
import { isLogError } from '@assay/event-log';

const AGAIN_MS = 20;

/** One command of a story. Its id follows from the log and `key`: told again, it is the same command. */
export interface Step {
  readonly key: string;
  /** The person who acts. */
  readonly by: string;
  readonly aggregate: keyof typeof commandCatalogue;
  readonly type: string;
  readonly id?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly reason?: string;
}
export type Accepted = CommandAccepted['accepted'];

/** What a stage acts on: a runtime on the real clock, or a simulation with its own. */
export interface StagePorts {
  readonly logId: string;
  execute(message: CommandMessage): Promise<CommandOutcome>;
  principalOf(personId: string): Promise<Principal>;
  readStream(stream: string): Promise<readonly Recorded[]>;
}

/** A log on which people act by ordinary commands, each with the rights that the log gives them at that moment. */
export class Stage {
  constructor(private readonly ports: StagePorts) {}

  get logId(): string {
    return this.ports.logId;
  }

  commandId(key: string): string {
    return uuidV5(this.logId, key);
  }

  async act({ key, by, ...message }: Step): Promise<CommandOutcome> {
    const definitions: CommandDefinitions = commandCatalogue[message.aggregate];
    definitions[message.type]?.input.parse(message.data);
    const issuer = await this.ports.principalOf(by);
    return this.ports.execute({ ...message, commandId: this.commandId(key), issuer });
  }

  /** A step that the story takes for granted. */
  async must(step: Step): Promise<Accepted> {
    const outcome = await this.answered(step);
    if (!wasRejected(outcome)) return outcome.accepted;
    throw new Error(`${step.key}: ${step.type} is refused: ${JSON.stringify(outcome.rejection)}`);
  }

  /** Two seats assent to exactly the proposal that a step made. */
  async assent(proposal: Step, stream: string, ballots: { readonly type: string; readonly seats: Readonly<Record<string, string>> }): Promise<void> {
    const proposed = (await this.ports.readStream(stream)).find(({ meta }) => meta.commandId === this.commandId(proposal.key));
    if (proposed === undefined) throw new Error(`${proposal.key} proposed nothing in ${stream}`);
    const { eventId, digest } = proposalOf(proposed);
    const { aggregate, id } = proposal;
    for (const [seat, by] of Object.entries(ballots.seats)) {
      const data = { seat, proposalEventId: eventId, proposalDigest: digest };
      await this.must({ key: `${proposal.key} ${seat}`, by, aggregate, type: ballots.type, ...(id === undefined ? {} : { id }), data });
    }
  }

  /** What a step comes to. On a busy machine a command may be told to ask again: it does, and is the same one. */
  private async answered(step: Step): Promise<CommandOutcome> {
    for (;;) {
      try {
        return await this.act(step);
      } catch (error) {
        if (isCommandError(error) && error.code !== 'CONCURRENT_CHANGE') throw new Error(`${step.key}: ${step.type} by ${step.by} is ${error.code}`, { cause: error });
        if (!isLogError(error) || !error.retryable) throw error;
        await delay(AGAIN_MS);
      }
    }
  }
}

/** The id in a stream's name. */
export const idOf = ({ stream }: Pick<Accepted, 'stream'>): string => stream.slice(stream.indexOf('-') + 1);
