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

/** Categories that a principal follows from, beside the day. */
const RESTS_ON = ['company', 'person'];
const HELD_MAX = 10_000;

/** The log at one position, on a day. */
interface Standing {
  readonly reader: Reader;
  readonly company: CompanyState;
  readonly today: Day;
}
/** A principal as it followed from the log up to a position, on a day. */
interface Held {
  readonly principal: Principal | null;
  readonly position: number;
  readonly today: Day;
}

/**
 * Who asks and what they may do: a token says who, the log says what (`domain.md`, Who may do what). The log's head and
 * clock are asked at the request, so a departure or a revoked role holds at the next one; what was found before is
 * given again while no event of company or people has come since, and it is the same day.
 */
export class Principals {
  private readonly held = new Map<string, Held>();

  constructor(private readonly options: PrincipalsOptions) {}

  /** The principal of a token's identity; null where nobody is linked to it. */
  async find(issuer: string, subject: string): Promise<Principal | null> {
    const [reader, now] = await Promise.all([this.options.reader(), this.options.now()]);
    const company = await reader.state(companyFold, 'company');
    const today = todayOf(company, now);
    const key = `${issuer}\u0000${subject}`;
    const held = this.held.get(key);
    if (held?.today === today && reader.unchangedSince(held.position, RESTS_ON)) return held.principal;
    const principal = await this.linkedTo({ issuer, subject }, { reader, company, today });
    if (this.held.size >= HELD_MAX) this.held.clear();
    this.held.set(key, { principal, position: reader.position, today });
    return principal;
  }

  /** The principal of a person, whoever asks for it: the loader of a simulated log acts as people. */
  async of(personId: string, now?: number): Promise<Principal> {
    const reader = await this.options.reader();
    const company = await reader.state(companyFold, 'company');
    return this.standing(personId, { reader, company, today: todayOf(company, now ?? (await this.options.now())) });
  }

  private async linkedTo({ issuer, subject }: { readonly issuer: string; readonly subject: string }, at: Standing): Promise<Principal | null> {
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

const todayOf = (company: CompanyState, now: number): Day => dayAt(now, company.status === 'ABSENT' ? 'UTC' : company.timeZone);
