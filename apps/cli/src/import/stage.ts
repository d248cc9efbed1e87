import { isCommandError, wasRejected, type CommandAccepted, type CommandOutcome } from '@assay/commands';
import { commandCatalogue, uuidV5, type CommandDefinitions, type Principal, type Recorded, type Rejection } from '@assay/domain';
import { UsageError } from '../command.js';
import type { ImportTarget, SimulatedLog } from './target.js';

/** One command of a replay. Its id follows from the import and `key`, so that a second run is answered `repeated`. */
export interface Step {
  readonly key: string;
  /** The person who acts, or an integration's principal. */
  readonly by: string | Principal;
  readonly aggregate: keyof typeof commandCatalogue;
  readonly type: string;
  readonly id?: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly correlationId?: string;
}
type Accepted = CommandAccepted['accepted'];

/** A log with a simulated clock, on which people act. */
export class Stage {
  private principals = new Map<string, Principal>();
  private principalsAt = -Infinity;

  constructor(
    readonly target: ImportTarget,
    readonly simulated: SimulatedLog,
    readonly importId: string,
  ) {}

  commandId(key: string): string {
    return uuidV5(this.importId, key);
  }

  /** Carries out a step as the person named, with the rights that the log gives them at that instant. */
  async act(step: Step): Promise<CommandOutcome> {
    const { by, key, aggregate, type, ...rest } = step;
    this.checkShape(step);
    const issuer = typeof by === 'string' ? await this.principalOf(by) : by;
    try {
      return await this.simulated.simulation.execute({ aggregate, type, ...rest, commandId: this.commandId(key), issuer });
    } catch (error) {
      if (!isCommandError(error) || (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND' && error.code !== 'BAD_USER_INPUT')) throw error;
      throw new UsageError(`${key}: ${type} is ${error.code} to who acts; name another person for it in the company file`, { cause: error });
    } finally {
      // Rights follow from these two: what was known of them holds no longer.
      if (aggregate === 'company' || aggregate === 'person') this.principals.clear();
    }
  }

  /** A step that the files themselves ask for: a rule that refuses it is a mistake in them. */
  async must(step: Step): Promise<Accepted> {
    const outcome = await this.act(step);
    if (!wasRejected(outcome)) return outcome.accepted;
    throw new UsageError(`${step.key}: ${step.type} is refused, ${rejectionText(outcome.rejection)}; the rules are in docs/reference/rules.md`);
  }

  /** The event that a step made, whenever that was. */
  async eventOf(step: Pick<Step, 'key'>, stream: string): Promise<Recorded> {
    const commandId = this.commandId(step.key);
    const events = await this.target.store.readStream(stream);
    const found = events.find(({ meta }) => meta.commandId === commandId);
    if (found === undefined) throw new Error(`no event of ${step.key} in ${stream}`);
    return found;
  }

  private async principalOf(personId: string): Promise<Principal> {
    const { now } = this.simulated.simulation;
    if (now !== this.principalsAt) this.principals = new Map();
    this.principalsAt = now;
    const known = this.principals.get(personId);
    if (known !== undefined) return known;
    const principal = await this.target.principals.of(personId, now);
    this.principals.set(personId, principal);
    return principal;
  }

  /** Commands from files pass no edge that checks them: this is it. */
  private checkShape({ key, aggregate, type, data }: Step): void {
    const definitions: CommandDefinitions = commandCatalogue[aggregate];
    const read = definitions[type]?.input.safeParse(data);
    if (read === undefined) throw new Error(`there is no command ${aggregate}.${type}`);
    const [issue] = read.error?.issues ?? [];
    if (issue !== undefined) throw new UsageError(`${key}: ${type}.${issue.path.join('.')} ${issue.message}`);
  }
}

/** A rejection in one line: its code and what explains it. */
export function rejectionText({ rejected, facts }: Rejection): string {
  return [rejected, ...facts.map(({ name, value }) => `${name} ${value}`)].join(', ');
}

/** The id in a stream's name. */
export const idOf = ({ stream }: Pick<Accepted, 'stream'>): string => stream.slice(stream.indexOf('-') + 1);
