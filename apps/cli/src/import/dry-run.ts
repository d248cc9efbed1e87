import { allHandlers, Executor, type DomainLog, type Finder, type OutgoingEvent } from '@assay/commands';
import type { Recorded } from '@assay/domain';
import { isLogError, LogError, NO_STREAM, type AppendResult, type Head } from '@assay/event-log';
import type { LoadTarget } from '@assay/runtime';

/**
 * The same log as it stands now, on which an import's commands are decided by the same handlers and appended nowhere:
 * what they would append is kept in memory, so that each later command sees it.
 */
export async function dryTarget(target: LoadTarget): Promise<LoadTarget> {
  const { logId, store, finder, accountDigest } = target;
  const log = new OverlayLog(logId, store, await store.head());
  const handlers = allHandlers({ logId, accountDigest, isStale: () => Promise.resolve(false) });
  return { ...target, executor: new Executor(log, handlers, finderUpTo(finder, log.base.position)) };
}

class OverlayLog implements DomainLog {
  /** Per stream what is really there, read once, and what the dry run would append to it. */
  private readonly streams = new Map<string, Promise<Recorded[]>>();
  private appended = 0;

  constructor(
    readonly logId: string,
    private readonly store: LoadTarget['store'],
    readonly base: Head,
  ) {}

  async append(stream: string, events: readonly OutgoingEvent[], expected: typeof NO_STREAM | number): Promise<AppendResult> {
    const [held, recordedAt] = await Promise.all([this.stream(stream), this.now()]);
    const actual = held.length - 1;
    if (actual !== (expected === NO_STREAM ? -1 : expected)) throw new LogError('RevisionConflict', `${stream} is at ${String(actual)}`, { stream, expected, actual });
    for (const event of events) {
      this.appended += 1;
      held.push({ ...event, stream, revision: held.length, position: this.base.position + this.appended, schemaVersion: 1, recordedAt });
    }
    return { revision: held.length - 1, position: this.base.position + this.appended, cursor: '', recordedAt };
  }

  async readStream(stream: string, { from }: { readonly from: number }): Promise<readonly Recorded[]> {
    return (await this.stream(stream)).slice(from);
  }

  head(): Promise<Head> {
    return Promise.resolve({ ...this.base, position: this.base.position + this.appended });
  }

  now(): Promise<number> {
    return this.store.now();
  }

  private stream(name: string): Promise<Recorded[]> {
    const held = this.streams.get(name) ?? this.read(name);
    this.streams.set(name, held);
    return held;
  }

  /** What is appended for real meanwhile is no part of the dry run. */
  private async read(stream: string): Promise<Recorded[]> {
    try {
      return (await this.store.readStream(stream)).filter(({ position }) => position <= this.base.position);
    } catch (error) {
      if (isLogError(error, 'StreamNotFound')) return [];
      throw error;
    }
  }
}

/** Views know the real log only: asked for a position of the dry run, they answer for the head it stands on. */
function finderUpTo(finder: Finder, last: number): Finder {
  const at = (position: number): number => Math.min(position, last);
  return {
    personByIdentity: (identity, position) => finder.personByIdentity(identity, at(position)),
    personBySourceAccount: (keyDigest, position) => finder.personBySourceAccount(keyDigest, at(position)),
    reportsOf: (personId, day, position) => finder.reportsOf(personId, day, at(position)),
    membersOf: (unit, span, position) => finder.membersOf(unit, span, at(position)),
    people: (position) => finder.people(at(position)),
    childGoals: (goalIds, position) => finder.childGoals(goalIds, at(position)),
    targetsOfGoals: (goalIds, position) => finder.targetsOfGoals(goalIds, at(position)),
    targetsOf: (owner, position) => finder.targetsOf(owner, at(position)),
    appraisalsOf: (of, position) => finder.appraisalsOf(of, at(position)),
    schemes: (position) => finder.schemes(at(position)),
    factOwners: (metric, facts, position) => finder.factOwners(metric, facts, position === undefined ? undefined : at(position)),
    metricInUse: (metric, position) => finder.metricInUse(metric, at(position)),
  };
}
