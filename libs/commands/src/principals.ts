import { assignmentOn, hasLeft, identityInCompany, integrationPrincipal, principalOf, type CompanyState, type Principal } from '@assay/domain';
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

/**
 * Who asks and what they may do: a token says who, the log says what (`domain.md`, Who may do what). Everything is folded
 * at the request, so a departure or a revoked role holds at the next one.
 */
export class Principals {
  constructor(private readonly options: PrincipalsOptions) {}

  /** The principal of a token's identity; null where nobody is linked to it. */
  async find(issuer: string, subject: string): Promise<Principal | null> {
    const reader = await this.options.reader();
    const company = await reader.state(companyFold, 'company');
    const named = identityInCompany(company, { issuer, subject });
    if (named !== null && 'integration' in named) return integrationPrincipal(named.integration);
    const personId = named?.personId ?? (await this.options.finder.personByIdentity({ issuer, subject }, reader.position));
    return personId === null ? null : this.standing(personId, { reader, company });
  }

  /** The principal of a person, whoever asks for it: the loader of a simulated log acts as people. */
  async of(personId: string, now?: number): Promise<Principal> {
    const reader = await this.options.reader();
    const company = await reader.state(companyFold, 'company');
    return this.standing(personId, { reader, company, ...(now === undefined ? {} : { now }) });
  }

  private async standing(personId: string, at: { readonly reader: Reader; readonly company: CompanyState; readonly now?: number }): Promise<Principal> {
    const { reader, company } = at;
    const { finder } = this.options;
    const timeZone = company.status === 'ABSENT' ? 'UTC' : company.timeZone;
    const today = dayAt(at.now ?? (await this.options.now()), timeZone);
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
