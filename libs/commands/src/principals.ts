import { assignmentOn, hasLeft, identityInCompany, integrationPrincipal, principalOf, type CompanyState, type Day, type Principal } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import type { Finder } from './finder.js';
import { companyFold, personFold } from './folds.js';
import { seated, standingOf } from './gather.js';
import type { Reader } from './reader.js';

/** What principals are found by: the log's present, the finder, and the log clock (ms). */
export interface PrincipalsOptions {
  readonly reader: () => Promise<Reader>;
  readonly finder: Finder;
  readonly now: () => Promise<number>;
}

/** Identities whose principals are kept, and for how long: what was parked may be mended without an event. */
const KEPT_MAX = 2_000;
const KEPT_MS = 5_000;

/** What a principal is judged at. */
interface Standing {
  readonly reader: Reader;
  readonly company: CompanyState;
  readonly today: Day;
}

/** A principal as of a head of the log and a day: nothing else goes into it. */
interface Kept {
  readonly position: number;
  readonly today: Day;
  readonly at: number;
  readonly principal: Promise<Principal | null>;
}

/**
 * Who asks and what they may do: a token says who, the log says what (`domain.md`, Who may do what). The log's head is read
 * at each request, so a departure or a revoked role holds at the next one; what rests on the same head and the same day is
 * looked up once.
 */
export class Principals {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly options: PrincipalsOptions) {}

  /** The principal of a token's identity; null where nobody is linked to it. */
  async find(issuer: string, subject: string): Promise<Principal | null> {
    const [reader, now] = await Promise.all([this.options.reader(), this.options.now()]);
    const company = await reader.state(companyFold, 'company');
    const at = { reader, company, today: todayIn(company, now) };
    const key = `${issuer}\u0000${subject}`;
    const kept = this.kept.get(key);
    if (kept?.position === reader.position && kept.today === at.today && Math.abs(now - kept.at) < KEPT_MS) return kept.principal;
    return this.keep(key, { position: reader.position, today: at.today, at: now, principal: this.look({ issuer, subject }, at) });
  }

  /** The principal of a person, whoever asks for it: the loader of a simulated log acts as people. */
  async of(personId: string, now?: number): Promise<Principal> {
    const reader = await this.options.reader();
    const company = await reader.state(companyFold, 'company');
    return this.standing(personId, { reader, company, today: todayIn(company, now ?? (await this.options.now())) });
  }

  private keep(key: string, kept: Kept): Promise<Principal | null> {
    this.kept.delete(key);
    this.kept.set(key, kept);
    const oldest = this.kept.keys().next();
    if (this.kept.size > KEPT_MAX && !oldest.done) this.kept.delete(oldest.value);
    // Whoever asks next looks again.
    kept.principal.catch(() => (this.kept.get(key) === kept ? this.kept.delete(key) : undefined));
    return kept.principal;
  }

  private async look({ issuer, subject }: { readonly issuer: string; readonly subject: string }, at: Standing): Promise<Principal | null> {
    const { reader, company } = at;
    const named = identityInCompany(company, { issuer, subject });
    if (named !== null && 'integration' in named) return integrationPrincipal(named.integration);
    const personId = named?.personId ?? (await this.options.finder.personByIdentity({ issuer, subject }, reader.position));
    return personId === null ? null : this.standing(personId, at);
  }

  private async standing(personId: string, { reader, company, today }: Standing): Promise<Principal> {
    const { finder } = this.options;
    const [person, reports, standing] = await Promise.all([
      reader.state(personFold, `person-${personId}`),
      finder.reportsOf(personId, today, reader.position),
      standingOf({ reader, today, finder }, seated(company, today)),
    ]);
    const gone = Object.keys(standing).filter((one) => standing[one] === 'LEFT');
    const principal = principalOf({ personId, person, company, today, reports, gone });
    const unit = hasLeft(person, today) ? undefined : assignmentOn(person, today)?.unit;
    return unit === undefined ? principal : { ...principal, unit };
  }
}

const todayIn = (company: CompanyState, now: number): Day => dayAt(now, company.status === 'ABSENT' ? 'UTC' : company.timeZone);
