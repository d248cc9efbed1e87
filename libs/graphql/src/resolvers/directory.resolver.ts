import { Inject } from '@nestjs/common';
import { Args, Context, Info, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { seesIdentities, SEATS } from '@assay/domain';
import type { CompanyDocument, PersonDocument } from '@assay/read-models';
import type { GraphQLResolveInfo } from 'graphql';
import { Access } from '../edge/access.guard.js';
import { connectionType } from '../edge/connection.view.js';
import { GraphqlContext } from '../edge/context.js';
import { filterDigest } from '../edge/cursor.js';
import { principalIn, type At } from '../reading/documents.js';
import { cutPage, equalTo, recordedSince, filterBy, type ShownConnection } from '../reading/lists.js';
import { MomentArgs, MomentListArgs } from '../reading/moment.input.js';
import { momentKey } from '../reading/moment.js';
import type { Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { companySource, personSource } from '../reading/sources.js';
import { CompanyView, UnitConnection, UnitView, IntegrationView } from '../views/company.view.js';
import { IdentityView, PersonView } from '../views/person.view.js';
import { ViewerView } from '../views/viewer.view.js';
import { PeopleArgs, personOrders } from './lists.input.js';
import { atOf } from './at.js';
import { unitOfDocument, type PlacedUnit } from './unit.js';

const PersonConnection = connectionType(PersonView, 'Person');

/** The company, its units and its people, and who asks. */
@Resolver(() => CompanyView)
export class CompanyResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => ViewerView, { description: 'Who you are to this log: your rights as they follow from it now.' })
  @Access()
  async viewer(@Context() context: GraphqlContext): Promise<ViewerView> {
    const { personId, roles, manages, heads, unit, seats } = await principalIn(context);
    return {
      personId,
      roles: sorted(roles),
      managesIds: sorted(manages),
      heads: sorted(heads),
      unit: unit ?? null,
      seats: SEATS.filter((seat) => seats.has(seat)),
    };
  }

  @Query(() => CompanyView, { nullable: true, description: 'The company that the log is of; null before the log is opened.' })
  @Access()
  async company(@Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<CompanyDocument> | null> {
    return this.reading.documents.one(companySource, 'company', await this.reading.at(args, context));
  }

  @Query(() => UnitConnection, { description: 'Units of the company by code.' })
  @Access()
  async units(@Args() args: MomentListArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<PlacedUnit>> {
    const at = await this.reading.at(args, context);
    const company = await this.reading.documents.one(companySource, 'company', at);
    const rows = (company?.units ?? []).map((unit) => ({ row: unitOfDocument(unit, at.shown), key: [unit.code, unit.code] }));
    const order = { word: 'CODE_ASC', by: { column: 'code', direction: 'ASC' } } as const;
    return { ...cutPage(rows, { page: args, order, digest: filterDigest(momentKey(at.shown)), type: 'text', info }), position: at.shown.position };
  }

  @ResolveField('integrations', () => [IntegrationView])
  async integrations(@Parent() company: Placed<CompanyDocument>, @Context() context: GraphqlContext): Promise<readonly IntegrationView[]> {
    const shows = seesIdentities(await principalIn(context));
    return company.integrations.map((one) => (shows ? one : { ...one, issuer: null, subject: null }));
  }
}

/** People, with their manager. */
@Resolver(() => PersonView)
export class PersonResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => PersonConnection, { description: 'People whose directory entries you may read.' })
  @Access()
  people(@Args() args: PeopleArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<PersonDocument>>> {
    const { unit, role, managerId, status, updatedSince } = args.filter ?? {};
    const filter = filterBy({ ownerUnit: equalTo(unit), role: equalTo(role), manager: equalTo(managerId), status: equalTo(status), recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: personSource, filter, orders: personOrders, info });
  }

  @Query(() => PersonView, { nullable: true, description: 'A person; null where there is none or you may not read them.' })
  @Access()
  person(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return this.reading.byId(personSource, id, { ...args, context });
  }

  @ResolveField('manager', () => PersonView, { nullable: true, description: 'The manager by the last directory entry; null at the top, and where hidden from you.' })
  async manager(@Parent() person: Placed<PersonDocument>, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    const manager = person.assignments.at(-1)?.manager ?? null;
    return manager === null ? null : this.reading.documents.one(personSource, `person-${manager}`, atOf(person, context));
  }

  @ResolveField('unit', () => UnitView, { nullable: true, description: 'The unit by the last directory entry; null where hidden from you.' })
  async unit(@Parent() person: Placed<PersonDocument>, @Context() context: GraphqlContext): Promise<PlacedUnit | null> {
    const code = person.assignments.at(-1)?.unit ?? null;
    const at: At = atOf(person, context);
    const company = code === null ? null : await this.reading.documents.one(companySource, 'company', at);
    const unit = company?.units.find((one) => one.code === code);
    return unit === undefined ? null : unitOfDocument(unit, at.shown);
  }

  @ResolveField('identities', () => [IdentityView], { nullable: true, description: 'Identities of tokens that are this person’s. Null where hidden from you: ADMIN and AUDITOR see them.' })
  async identities(@Parent() person: Placed<PersonDocument>, @Context() context: GraphqlContext): Promise<PersonDocument['identities'] | null> {
    return seesIdentities(await principalIn(context)) ? person.identities : null;
  }
}

const sorted = <T extends string>(words: Iterable<T>): readonly T[] => [...words].sort((a, b) => (a < b ? -1 : 1));
