import type { Finder } from '@assay/commands';
import { assignmentOn, assignmentsIn, evolvePerson, initialPerson, type PersonEvent, type PersonState, type Recorded, type RecordedOf } from '@assay/domain';
import type { EventStore } from '@assay/event-log';

const PAGE_EVENTS = 5_000;

/** Ids by a key; what is not there has none. */
class Index {
  private readonly entries = new Map<string, Set<string>>();

  add(key: string, id: string): void {
    const held = this.entries.get(key) ?? new Set();
    this.entries.set(key, held.add(id));
  }

  of(keys: readonly string[]): readonly string[] {
    return [...new Set(keys.flatMap((key) => [...(this.entries.get(key) ?? [])]))];
  }
}

/** What the finder reads of an event's data: fields that its type has, each a text. */
type Fields = Readonly<Record<string, string | null | undefined>>;
const pair = (...parts: readonly string[]): string => parts.join('\u0000');
const idIn = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/**
 * The port `Finder` over a log in memory: it indexes what it has not read yet before each answer, so every answer is
 * complete up to the log's head. For a dry run of a replay, which asks for the owners of facts at every command: ids by
 * key answer at once where views in memory would look through all their rows.
 */
export class MemoryFinder implements Finder {
  private position = -1;
  private reading: Promise<void> = Promise.resolve();
  private readonly persons = new Map<string, PersonState>();
  private readonly allSchemes = new Set<string>();
  private readonly usedMetrics = new Set<string>();
  private readonly identities = new Map<string, string>();
  private readonly accounts = new Map<string, string>();
  private readonly goalsByParent = new Index();
  private readonly targetsByGoal = new Index();
  private readonly targetsByOwner = new Index();
  private readonly appraisals = new Index();
  private readonly facts = new Index();

  constructor(private readonly store: Pick<EventStore, 'readAll'>) {}

  async personByIdentity({ issuer, subject }: { readonly issuer: string; readonly subject: string }): Promise<string | null> {
    await this.catchUp();
    return this.identities.get(pair(issuer, subject)) ?? null;
  }

  async personBySourceAccount(keyDigest: string): Promise<string | null> {
    await this.catchUp();
    return this.accounts.get(keyDigest) ?? null;
  }

  async reportsOf(personId: string, day: string): Promise<readonly string[]> {
    await this.catchUp();
    return [...this.persons].flatMap(([id, state]) => (assignmentOn(state, day)?.manager === personId ? [id] : []));
  }

  async membersOf(unit: string, span: { readonly from: string; readonly to: string }): Promise<readonly string[]> {
    await this.catchUp();
    return [...this.persons].flatMap(([id, state]) => (assignmentsIn(state, span).some((entry) => entry.unit === unit) ? [id] : []));
  }

  async people(): Promise<readonly string[]> {
    await this.catchUp();
    return [...this.persons.keys()];
  }

  async childGoals(goalIds: readonly string[]): Promise<readonly string[]> {
    await this.catchUp();
    return this.goalsByParent.of(goalIds);
  }

  async targetsOfGoals(goalIds: readonly string[]): Promise<readonly string[]> {
    await this.catchUp();
    return this.targetsByGoal.of(goalIds);
  }

  async targetsOf({ ownerId, cycle }: { readonly ownerId: string; readonly cycle?: string }): Promise<readonly string[]> {
    await this.catchUp();
    return this.targetsByOwner.of([cycle === undefined ? ownerId : pair(ownerId, cycle)]);
  }

  async appraisalsOf({ personId = '', cycle = '' }: { readonly personId?: string; readonly cycle?: string }): Promise<readonly string[]> {
    await this.catchUp();
    return this.appraisals.of([pair(personId, cycle)]);
  }

  async schemes(): Promise<readonly string[]> {
    await this.catchUp();
    return [...this.allSchemes];
  }

  async factOwners(metric: string, facts: readonly { readonly source: string; readonly factId: string }[]): Promise<ReadonlyMap<string, readonly string[]>> {
    await this.catchUp();
    return new Map(facts.map(({ source, factId }) => [pair(source, factId), this.facts.of([pair(metric, source, factId)])]));
  }

  async metricInUse(metric: string): Promise<boolean> {
    await this.catchUp();
    return this.usedMetrics.has(metric);
  }

  /** One reader at a time: two that read the same page would fold its events twice. */
  private catchUp(): Promise<void> {
    const next = this.reading.then(() => this.read());
    this.reading = next.catch(() => undefined);
    return next;
  }

  private async read(): Promise<void> {
    for (;;) {
      const page = await this.store.readAll({ afterPosition: this.position, max: PAGE_EVENTS });
      for (const event of page) this.take(event);
      this.position = page.at(-1)?.position ?? this.position;
      if (page.length < PAGE_EVENTS) return;
    }
  }

  private take(event: Recorded): void {
    const { stream, type } = event;
    const id = idIn(stream);
    if (stream.startsWith('person-')) {
      // The codec has checked the event against the person's own table.
      this.persons.set(id, evolvePerson(this.persons.get(id) ?? initialPerson, event as RecordedOf<PersonEvent>));
    }
    // Of the types below only fields that are texts in their schemas are read.
    this.index(type, { id, data: event.data as Fields });
  }

  private index(type: string, { id, data }: { readonly id: string; readonly data: Fields }): void {
    const text = (field: string): string => data[field] ?? '';
    switch (type) {
      case 'IdentityLinked':
        this.identities.set(pair(text('issuer'), text('subject')), id);
        break;
      case 'SourceAccountLinked':
        this.accounts.set(text('keyDigest'), id);
        break;
      case 'SchemeDrafted':
        this.allSchemes.add(id);
        break;
      case 'GoalSet':
        this.goalsByParent.add(text('parent'), id);
        break;
      case 'TargetSet':
        this.usedMetrics.add(text('metric'));
        this.targetsByGoal.add(text('goal'), id);
        this.targetsByOwner.add(text('owner'), id);
        this.targetsByOwner.add(pair(text('owner'), text('cycle')), id);
        break;
      case 'AppraisalOpened':
        for (const key of [pair(text('subjectId'), ''), pair('', text('cycle')), pair(text('subjectId'), text('cycle'))]) this.appraisals.add(key, id);
        break;
      case 'FactRecorded':
        this.usedMetrics.add(text('metric'));
        this.facts.add(pair(text('metric'), text('source'), text('factId')), text('owner'));
        break;
      default:
    }
  }
}
