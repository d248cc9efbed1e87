import { appraisalFold, companyFold, cycleFold, factsFold, personFold, Reader, targetFold, metricFold, schemeFold, compositeFold } from '@assay/commands';
import { appraisalStreamNames, scoreOfAppraisal, scoreSourcesOf, type AppraisalScore, type KnownAppraisal, type Recorded } from '@assay/domain';
import type { SimulationTarget } from '@assay/runtime';
import type { QuarterCode } from './oracle.js';

const PAGE_EVENTS = 5_000;

/** A replayed log read as its users read it: by the same folds, now or as of a position. */
export class Replayed {
  private constructor(
    readonly target: SimulationTarget,
    readonly events: readonly Recorded[],
    private readonly names: ReadonlyMap<string, string>,
  ) {}

  static async read(target: SimulationTarget): Promise<Replayed> {
    const events: Recorded[] = [];
    for (let position = -1; ; ) {
      const page = await target.store.readAll({ afterPosition: position, max: PAGE_EVENTS });
      events.push(...page);
      position = page.at(-1)?.position ?? position;
      if (page.length < PAGE_EVENTS) break;
    }
    const reader = await target.executor.reader();
    const people = await Promise.all(events.filter(({ type }) => type === 'PersonJoined').map(({ stream }) => reader.state(personFold, stream)));
    return new Replayed(target, events, new Map(people.flatMap((person) => (person.status === 'ABSENT' ? [] : [[person.name, person.personId]]))));
  }

  idOf(name: string): string {
    const id = this.names.get(name);
    if (id === undefined) throw new Error(`nobody is called ${name}`);
    return id;
  }
  nameOf(personId: string): string | undefined {
    return [...this.names].find(([, id]) => id === personId)?.[0];
  }
  ofType(type: string): readonly Recorded[] {
    return this.events.filter((event) => event.type === type);
  }
  at(position = this.events.length - 1): Reader {
    return new Reader(this.target.executor.cache, position);
  }

  async company() {
    const company = await this.at().state(companyFold, 'company');
    if (company.status === 'ABSENT') throw new Error('no company');
    return company;
  }

  /** The appraisals of an agent, by quarter. */
  async appraisalOf(agent: string, quarter: QuarterCode): Promise<KnownAppraisal> {
    const ids = await this.target.finder.appraisalsOf({ personId: this.idOf(agent), cycle: `cycle-QUARTER-${quarter}` }, this.events.length - 1);
    const states = await Promise.all(ids.map((id) => this.at().state(appraisalFold, `appraisal-${id}`)));
    const known = states.filter((state) => state.status !== 'ABSENT');
    const [only] = known;
    if (only === undefined || known.length > 1) throw new Error(`${agent} has ${String(known.length)} appraisals in ${quarter}`);
    return only;
  }

  /** The score of an appraisal as of a position. */
  async scoreAt({ appraisalId }: KnownAppraisal, position?: number): Promise<AppraisalScore> {
    const reader = this.at(position);
    const appraisal = await reader.state(appraisalFold, `appraisal-${appraisalId}`);
    if (appraisal.status === 'ABSENT') throw new Error('not opened by then');
    const states = new Map(await Promise.all(appraisalStreamNames(appraisal).map(async (name) => [name, (await reader.folded(name)).state] as const)));
    // Each was folded by its category's own fold.
    const of = <S>({ initial }: { readonly initial: S }, name: string): S => (states.get(name) as S | undefined) ?? initial;
    const sources = scoreSourcesOf(appraisal, {
      cycle: (name) => of(cycleFold, name),
      scheme: (name) => of(schemeFold, name),
      target: (name) => of(targetFold, name),
      facts: (name) => of(factsFold, name),
      metric: (name) => of(metricFold, name),
    });
    return scoreOfAppraisal(appraisal, sources);
  }

  async compositeOf(agent: string) {
    const composite = await this.at().state(compositeFold, `composite-${this.idOf(agent)}-2017`);
    const last = composite.status === 'ABSENT' ? undefined : composite.revisions.at(-1);
    if (last === undefined) throw new Error(`${agent} has no composite`);
    return last;
  }
}
