import { Inject, type Type } from '@nestjs/common';
import { Args, Context, Info, Mutation, Resolver } from '@nestjs/graphql';
import { wasRejected, type CommandAccepted, type CommandMessage, type CommandOutcome } from '@assay/commands';
import { fields, personalText, uuid, type CommandDefinition, type CommandDefinitions } from '@assay/domain';
import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import { Access } from './access.guard.js';
import { isSelected } from './connection.js';
import type { GraphqlContext } from './context.js';
import { readField } from './derive-field.js';
import { inputTypeOf, prototypeOf } from './derive-types.js';
import { forbidden, notFound } from './error-codes.js';
import { resultTypesOf, shownOutcome, type AcceptedView } from './mutation-result.view.js';
import { decodeNodeId } from './node-id.js';
import { invalidInput } from './validation.js';

/** Carries out commands: Nest's command bus in the application, a function in a test. */
export interface CommandDispatch {
  dispatch(message: CommandMessage): Promise<CommandOutcome>;
}
/** Nest's token for it. */
export const COMMAND_DISPATCH = Symbol('CommandDispatch');

/** What an accepted command shows: the fold to its last event, never the read model (`architecture.md`, The log port). */
export interface MutationViews {
  /** The view of that name (the aggregate's, unless its resolver names another) as the caller may see it; null where it is hidden from them. */
  viewOf(name: string, accepted: CommandAccepted['accepted'], context: GraphqlContext): Promise<object | null>;
}
/** Nest's token for them. */
export const MUTATION_VIEWS = Symbol('MutationViews');

/** One aggregate's mutations. */
export interface CommandResolverOptions {
  /** Its name in `commandCatalogue`. */
  readonly aggregate: string;
  readonly commands: CommandDefinitions;
  /** Type of the schema whose ids address it, e.g. `Target`; none for an aggregate that is alone of its kind. */
  readonly nodeType?: string;
  /** Commands that address no existing aggregate although they do not create one, since the input says where they go. */
  readonly derived?: readonly string[];
  readonly view?: AcceptedView;
  /** What `MutationViews` is asked for where that is not the aggregate: a part of its stream with a view of its own. */
  readonly viewName?: string;
}

interface Plan {
  readonly aggregate: string;
  readonly name: string;
  readonly definition: CommandDefinition;
  /** Type whose id the input carries, or undefined where the command addresses nothing by id. */
  readonly nodeType: string | undefined;
  readonly view: AcceptedView | undefined;
  readonly viewName: string;
}
interface Envelope {
  readonly commandId: string;
  readonly id?: string;
  readonly reason?: string | null;
  readonly expectedRevision?: number | null;
}

/** Holds what mutations need; each derived resolver class extends it. */
class CommandResolver {
  constructor(
    readonly bus: CommandDispatch,
    readonly views: MutationViews,
  ) {}
}

const idField = z.string().min(1).max(400).register(fields, { graphql: 'ID', description: 'Id of what the command is about, as it was read.' });
const commandIdField = uuid.clone().register(fields, { graphql: 'UUID', description: 'Made by the client, once per intention: the same command with the same id is carried out once, however often it is sent.' });
const reasonField = personalText(1000).register(fields, { personal: true, description: 'Why, 1 to 1,000 characters. Kept with the event and encrypted.' });
const revisionField = z.int().min(0).register(fields, { description: 'Revision that the client saw. Where it has changed since, the answer is CONCURRENT_CHANGE and nothing is decided.' });

/**
 * The resolver class of an aggregate's commands, one mutation for each that is not the system's (`api.md`, Mutations):
 * `setTarget(input: SetTargetInput!): SetTargetResult!`. The input is the command's own with `commandId`, and `id`,
 * `reason` and `expectedRevision` where they apply; the result `<Command>Accepted | Rejection`. Descriptions are the
 * commands' `doc`. The class is given to Nest as a provider; it takes `COMMAND_DISPATCH` and `MUTATION_VIEWS`.
 */
export function commandResolver(options: CommandResolverOptions): Type<object> {
  const { aggregate, commands, nodeType, derived = [], view, viewName = aggregate } = options;
  const name = `${viewName.charAt(0).toUpperCase()}${viewName.slice(1)}CommandResolver`;
  const resolver = { [name]: class extends CommandResolver {} }[name];
  if (resolver === undefined) throw new Error(`no class could be made for ${name}`);
  Inject(COMMAND_DISPATCH)(resolver, undefined, 0);
  Inject(MUTATION_VIEWS)(resolver, undefined, 1);
  Reflect.defineMetadata('design:paramtypes', [Object, Object], resolver);
  for (const [type, definition] of Object.entries(commands)) {
    if (definition.system) continue;
    const addressed = definition.creates !== true && !derived.includes(type);
    addMutation(resolver, { aggregate, name: type, definition, nodeType: addressed ? nodeType : undefined, view, viewName });
  }
  Resolver()(resolver);
  return resolver;
}

function addMutation(resolver: Type<CommandResolver>, plan: Plan): void {
  const { name, definition } = plan;
  const method = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const input = inputTypeOf(`${name}Input`, inputSchemaOf(plan), { description: `Input of ${method}. ${definition.doc}` });
  const { union } = resultTypesOf(name, plan.view);
  const prototype = prototypeOf(resolver);
  Object.defineProperty(prototype, method, {
    configurable: true,
    writable: true,
    value(this: CommandResolver, given: Envelope & Readonly<Record<string, unknown>>, context: GraphqlContext, info: GraphQLResolveInfo): Promise<object> {
      return carryOut(this, plan, { given, context, info });
    },
  });
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (descriptor === undefined) throw new Error(`${method} was not defined`);
  Args('input', { type: () => input, description: 'The command.' })(prototype, method, 0);
  Context()(prototype, method, 1);
  Info()(prototype, method, 2);
  Reflect.defineMetadata('design:paramtypes', [input, Object, Object], prototype, method);
  // Nest's union is an object that its decorators take for a type.
  Mutation(() => union as Type, { description: definition.doc })(prototype, method, descriptor);
  Access()(prototype, method, descriptor);
}

function inputSchemaOf({ name, definition, nodeType }: Plan): z.ZodObject {
  const taken = ['commandId', 'id', 'reason', 'expectedRevision'].find((field) => field in definition.input.shape);
  if (taken !== undefined) throw new Error(`${name} has an input ${taken}, which every mutation has of its own`);
  return z.strictObject({
    commandId: commandIdField,
    ...(nodeType === undefined ? {} : { id: idField }),
    ...(definition.reason === undefined ? {} : { reason: definition.reason === 'required' ? reasonField : reasonField.optional() }),
    ...(definition.creates ? {} : { expectedRevision: revisionField.optional() }),
    ...definition.input.shape,
  });
}

interface Call {
  readonly given: Envelope & Readonly<Record<string, unknown>>;
  readonly context: GraphqlContext;
  readonly info: GraphQLResolveInfo;
}

async function carryOut({ bus, views }: CommandResolver, plan: Plan, { given, context, info }: Call): Promise<object> {
  const issuer = await context.principal();
  // The guard has asked already; rights may have ended since.
  if (issuer === null) throw forbidden();
  const { reason, expectedRevision } = given;
  const id = keyOf(plan, given.id);
  const outcome = await bus.dispatch({
    aggregate: plan.aggregate,
    type: plan.name,
    ...(id === undefined ? {} : { id }),
    data: dataOf(plan, given),
    ...(typeof reason === 'string' ? { reason } : {}),
    commandId: given.commandId,
    ...(typeof expectedRevision === 'number' ? { expectedRevision } : {}),
    issuer,
  });
  const shows = plan.view !== undefined && isSelected(info, plan.view.field) && !wasRejected(outcome);
  const view = shows ? { [plan.view.field]: await views.viewOf(plan.viewName, outcome.accepted, context) } : {};
  return shownOutcome(outcome, { name: plan.name, locale: context.locale, view });
}

/** An id of another type stands for nothing here: the same answer as for what does not exist. */
function keyOf({ nodeType }: Plan, id: string | undefined): string | undefined {
  if (nodeType === undefined || id === undefined) return undefined;
  const { type, key, asOf, effectiveOn } = decodeNodeId(id);
  if (type !== nodeType || asOf !== undefined || effectiveOn !== undefined) throw notFound();
  return key;
}

/** The command's own part of the input, as the domain's schema has it: whatever the pipe let through is checked by the schema itself. */
function dataOf({ definition, name }: Plan, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const parsed = definition.input.safeParse(asDeclared(definition.input, given, name));
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues.map(({ path, code, message }) => ({ path: path.map(String).join('.'), constraints: { [code]: message } })));
}

/**
 * The fields of a schema, with what was left out said as the domain says it. In GraphQL a nullable field left out and one
 * given as null are the same to a client; the domain has optional fields, nullable ones, and few that are both.
 */
function asDeclared(schema: z.ZodObject, given: Readonly<Record<string, unknown>>, path: string): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const [field, fieldSchema] of Object.entries<z.core.$ZodType>(schema.shape)) {
    const value = given[field] ?? absenceIn(fieldSchema, given[field]);
    if (value === undefined) continue;
    const at = `${path}.${field}`;
    const { shape } = readField(fieldSchema, at);
    if (shape.kind === 'OBJECT' && isRecord(value)) kept[field] = asDeclared(shape.schema, value, at);
    else if (shape.kind === 'LIST' && Array.isArray(value)) kept[field] = value.map((item: unknown) => (shape.item.shape.kind === 'OBJECT' && isRecord(item) ? asDeclared(shape.item.shape.schema, item, at) : item));
    else kept[field] = value;
  }
  return kept;
}

/** Undefined: leave the field out. */
function absenceIn(schema: z.core.$ZodType, given: unknown): null | undefined {
  if (!z.safeParse(schema, null).success) return undefined;
  return given === null || !z.safeParse(schema, undefined).success ? null : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
