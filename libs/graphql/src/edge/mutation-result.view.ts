import { RULES, type Rejection as DomainRejection, type RejectionFact as DomainFact, type RuleCode } from '@assay/domain';
import { createUnionType, Field, InterfaceType, ObjectType } from '@nestjs/graphql';
import type { Type } from '@nestjs/common';
import { wasRejected, type CommandOutcome } from '@assay/commands';
import { classNamed, enumOf, prototypeOf, type DerivedType } from './derive-types.js';
import { describe } from './descriptions.js';
import type { Locale } from './locale.js';
import { PositionScalar, UuidScalar } from './scalars.js';

describe({
  RejectionCode: 'Every rule that can refuse a command; the rules reference states each.',
  RejectionFactKind: 'How to read the value of a fact.',
});
const ruleCodes = Object.keys(RULES);
const RejectionCode = enumOf('RejectionCode', ruleCodes, Object.fromEntries(Object.entries(RULES).map(([code, { en }]) => [code, en])));
const FACT_KINDS = ['TEXT', 'CODE', 'ID', 'DATE', 'DECIMAL', 'INTEGER', 'BASIS_POINTS'] as const satisfies readonly DomainFact['kind'][];
const RejectionFactKind = enumOf('RejectionFactKind', FACT_KINDS);

/** A command that was carried out. */
@InterfaceType('Accepted', {
  description: 'The command was carried out, now or before under the same commandId.',
  resolveType: (value: { readonly __typename?: string }) => value.__typename,
})
export abstract class Accepted {
  @Field(() => UuidScalar, { description: 'The id the client gave the command.' })
  commandId: string;
  @Field(() => PositionScalar, { nullable: true, description: 'Position of the last event of the command; null where it is committed and its position not yet known.' })
  position: string | null;
  @Field(() => Boolean, { description: 'The command was known already; nothing was done again.' })
  repeated: boolean;
}

/** A figure that explains a rejection. */
@ObjectType('RejectionFact', { description: 'A figure that explains a rejection.' })
export class RejectionFact implements DomainFact {
  @Field(() => String, { description: 'What it is, e.g. sum.' })
  name: string;
  @Field(() => String, { description: 'Its value as text.' })
  value: string;
  @Field(() => RejectionFactKind, { description: 'How to read the value.' })
  kind: DomainFact['kind'];
}

/** A rule says no. */
@ObjectType('Rejection', { description: 'A rule says no. Nothing happened, and the same command is decided anew when it is sent again.' })
export class Rejection {
  @Field(() => RejectionCode, { description: 'The first rule broken, in the order of the rules reference.' })
  code: RuleCode;
  @Field(() => String, { description: 'The section of the rules reference that states it.' })
  rule: string;
  @Field(() => String, { description: 'The rule in words, in the language of Accept-Language: zh or en.' })
  message: string;
  @Field(() => [RejectionFact], { description: 'Figures that explain it.' })
  facts: readonly RejectionFact[];
}

/** The rejection as it is shown, in the caller's language. */
export function shownRejection({ rejected, facts }: DomainRejection, locale: Locale): Rejection & { readonly __typename: 'Rejection' } {
  const { section, en, zh } = RULES[rejected];
  return { __typename: 'Rejection', code: rejected, rule: section, message: locale === 'zh' ? zh : en, facts };
}

/** The view that an accepted command shows: the aggregate folded to the command's last event. */
export interface AcceptedView {
  readonly type: () => Type;
  readonly field: string;
  readonly description: string;
}

/** The types of one mutation's result. */
export interface ResultTypes {
  readonly accepted: DerivedType;
  readonly union: object;
}

/** `<name>Accepted` and `union <name>Result = <name>Accepted | Rejection`. */
export function resultTypesOf(name: string, view: AcceptedView | undefined): ResultTypes {
  const accepted = classNamed(`${name}Accepted`);
  ObjectType(`${name}Accepted`, { implements: [Accepted], description: `${name} was carried out.` })(accepted);
  if (view) Field(view.type, { nullable: true, description: view.description })(prototypeOf(accepted), view.field);
  const union = createUnionType({
    name: `${name}Result`,
    description: `What became of ${name}.`,
    types: () => [accepted, Rejection] as const,
    resolveType: (value: { readonly __typename?: string }) => value.__typename,
  });
  return { accepted, union };
}

/** A command's outcome in the shape of its result types. `view` is what the caller may see of the aggregate, or null. */
export function shownOutcome(outcome: CommandOutcome, of: { readonly name: string; readonly locale: Locale; readonly view: Readonly<Record<string, unknown>> }): object {
  if (wasRejected(outcome)) return shownRejection(outcome.rejection, of.locale);
  const { commandId, position, repeated } = outcome.accepted;
  return { __typename: `${of.name}Accepted`, commandId, position: position === null ? null : String(position), repeated, ...of.view };
}
