import { isCommandError, wasRejected, type CommandAccepted, type CommandOutcome } from '@assay/commands';
import { commandCatalogue, uuidV5, type CommandDefinitions, type Principal, type Recorded, type Rejection } from '@assay/domain';
import type { LoadTarget, OpenSimulation } from './target.js';

/** One command of a load. Its id follows from the load's own id and `key`, so that a second run is answered `repeated`. */
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

/** A step that what is loaded takes for granted was refused: a mistake in it, told in one line. */
export class StepRefused extends Error {
  readonly code = 'USAGE';
}

/**
 * A log with a simulated clock, on which people act by ordinary commands, each with the rights that the log gives them at
 * that instant. `loadId` tells this load from others: the ids of its commands follow from it.
 */
export class Stage {
  private principals = new Map<string, Principal>();
  private principalsAt = -Infinity;

  constructor(
    readonly target: LoadTarget,
    readonly simulated: OpenSimulation,
    readonly loadId: string,
  ) {}

  commandId(key: string): string {
    return uuidV5(this.loadId, key);
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
      throw new StepRefused(`${key}: ${type} is ${error.code} to who acts; let another person do it`, { cause: error });
    } finally {
      // Rights follow from these two: what was known of them holds no longer.
      if (aggregate === 'company' || aggregate === 'person') this.principals.clear();
    }
  }

  /** A step that what is loaded takes for granted: a rule that refuses it is a mistake in that (`StepRefused`). */
  async must(step: Step): Promise<Accepted> {
    const outcome = await this.act(step);
    if (!wasRejected(outcome)) return outcome.accepted;
    throw new StepRefused(`${step.key}: ${step.type} is refused, ${rejectionText(outcome.rejection)}; the rules are in docs/reference/rules.md`);
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

  /** What is loaded passes no edge that checks it: this is it. */
  private checkShape({ key, aggregate, type, data }: Step): void {
    const definitions: CommandDefinitions = commandCatalogue[aggregate];
    const read = definitions[type]?.input.safeParse(data);
    if (read === undefined) throw new Error(`there is no command ${aggregate}.${type}`);
    const [issue] = read.error?.issues ?? [];
    if (issue !== undefined) throw new StepRefused(`${key}: ${type}.${issue.path.join('.')} ${issue.message}`);
  }
}

/** A rejection in one line: its code and what explains it. */
export function rejectionText({ rejected, facts }: Rejection): string {
  return [rejected, ...facts.map(({ name, value }) => `${name} ${value}`)].join(', ');
}

/** The id in a stream's name. */
export const idOf = ({ stream }: Pick<Accepted, 'stream'>): string => stream.slice(stream.indexOf('-') + 1);
