import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { printSchema } from 'graphql';
import { z } from 'zod';
import { basisPoints, code, day, decimal, defineCommands, fact, oneOf, personalText, reject, shape, text, uuid } from '@assay/domain';
import type { CommandMessage, CommandOutcome } from '@assay/commands';
import { PERSON, startTiny, type TinyApp } from '../../test/tiny-app.js';
import { Thing, TinyResolver } from '../../test/tiny.resolver.js';
import { CommandBusModule } from './command-bus.module.js';
import { commandResolver, MUTATION_VIEWS } from './command-resolver.js';
import { objectTypeOf } from './derive-types.js';
import { encodeNodeId } from './node-id.js';
import { schemaOf } from './schema-text.js';

const colour = oneOf('TestColour', ['RED', 'BLUE']);
const part = shape('TestPart', { code, weight: basisPoints, note: text(5).nullable() });
const commands = defineCommands({
  MakeThing: {
    doc: 'Make a thing.',
    input: z.strictObject({ ownerId: uuid, from: day, value: decimal, colour, parts: z.array(part).min(1).max(2), tags: z.array(code).max(3).optional(), best: part.optional(), count: z.int().min(1).max(9) }),
    creates: true,
  },
  BreakThing: { doc: 'Break a thing.', input: z.strictObject({ hard: z.boolean() }), reason: 'required' },
  TouchThing: { doc: 'Touch a thing.', input: z.strictObject({}), reason: 'optional' },
  RustThing: { doc: 'Let a thing rust.', input: z.strictObject({}), system: true },
});
const ThingCommandResolver = commandResolver({ aggregate: 'thing', commands, nodeType: 'Thing', view: { type: () => Thing, field: 'thing', description: 'The thing as it is now.' } });
const UUID = '0b1d2c3e-0000-4000-8000-00000000000a';
const MAKE = { commandId: UUID, ownerId: PERSON, from: '2026-01-01', value: '1.5', colour: 'RED', parts: [{ code: 'A', weight: 4000, note: null }], count: 3 };

describe('mutations derived from a command table', () => {
  let tiny: TinyApp;
  let sent: CommandMessage[] = [];
  let answer: CommandOutcome;
  const accepted: CommandOutcome = { accepted: { stream: 'thing-1', revision: 0, position: 41, cursor: null, repeated: false, commandId: UUID } };
  const executor = { execute: (message: CommandMessage) => (sent.push(message), Promise.resolve(answer)) };
  const views = { viewOf: () => Promise.resolve({ id: 'x', number: 7 }) };

  beforeAll(async () => {
    tiny = await startTiny({ resolvers: [TinyResolver, ThingCommandResolver], imports: [CommandBusModule.forRoot(executor, ['thing', 'other'])], providers: [{ provide: MUTATION_VIEWS, useValue: views }] });
  });
  beforeEach(() => {
    sent = [];
    answer = accepted;
  });
  afterAll(() => tiny.app.close());

  const RESULT = '{ __typename ... on Accepted { commandId position repeated } ... on MakeThingAccepted { thing { number } } ... on Rejection { code rule message facts { name value kind } } }';
  const make = async (input: object, headers: Record<string, string> = {}) => {
    const token = await tiny.token('bo');
    return (await tiny.post({ query: `mutation ($input: MakeThingInput!) { makeThing(input: $input) ${RESULT} }`, variables: { input } }, { authorization: `Bearer ${token}`, ...headers })).body;
  };
  const act = async (name: string, input: object) => {
    const token = await tiny.token('bo');
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    return (await tiny.post({ query: `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`, variables: { input } }, { authorization: `Bearer ${token}` })).body;
  };
  const violationsOf = (body: Awaited<ReturnType<typeof make>>): unknown => [body.errors?.[0]?.extensions['code'], (body.errors?.[0]?.extensions['violations'] as { path: string; constraints: object }[] | undefined)?.map(({ path, constraints }) => [path, Object.keys(constraints)])];

  it('have the shape that the API promises', async () => {
    const schema = await schemaOf([TinyResolver, ThingCommandResolver]);
    const printed = printSchema(schema).replace(/^ *"""[^]*?"""\n/gm, '');
    const blocks = printed.split(/\n\n(?=\S)/).map((one) => one.trim().replace(/\n\n/g, '\n'));
    const block = (start: string): string => blocks.find((one) => one.startsWith(start)) ?? `no ${start}`;
    expect(block('type Mutation')).toBe('type Mutation {\n  whoAmI: String!\n  makeThing(\n    input: MakeThingInput!\n  ): MakeThingResult!\n  breakThing(\n    input: BreakThingInput!\n  ): BreakThingResult!\n  touchThing(\n    input: TouchThingInput!\n  ): TouchThingResult!\n}');
    expect(block('input MakeThingInput')).toBe(
      'input MakeThingInput {\n  commandId: UUID!\n  ownerId: UUID!\n  from: Date!\n  value: Decimal!\n  colour: TestColour!\n  parts: [TestPartInput!]!\n  tags: [String!]\n  best: TestPartInput\n  count: Int!\n}',
    );
    expect(block('input BreakThingInput')).toBe('input BreakThingInput {\n  commandId: UUID!\n  id: ID!\n  reason: String!\n  expectedRevision: Int\n  hard: Boolean!\n}');
    expect(block('input TouchThingInput')).toBe('input TouchThingInput {\n  commandId: UUID!\n  id: ID!\n  reason: String\n  expectedRevision: Int\n}');
    expect(block('input TestPartInput')).toBe('input TestPartInput {\n  code: String!\n  weight: BasisPoints!\n  note: String\n}');
    expect(block('union MakeThingResult')).toBe('union MakeThingResult = MakeThingAccepted | Rejection');
    expect(block('type MakeThingAccepted')).toBe('type MakeThingAccepted implements Accepted {\n  commandId: UUID!\n  position: Position\n  repeated: Boolean!\n  thing: Thing\n}');
  });

  it('take a nullable field that is left out for null, wherever it is', async () => {
    await make({ ...MAKE, parts: [{ code: 'A', weight: 4000 }] });
    expect(sent[0]?.data).toEqual((({ commandId: _, ...data }) => data)(MAKE));
  });

  it('send the command with its issuer and show the view', async () => {
    const body = await make({ ...MAKE, best: null, tags: ['x', 'y'] });
    expect(body).toEqual({ data: { makeThing: { __typename: 'MakeThingAccepted', commandId: UUID, position: '41', repeated: false, thing: { number: 7 } } } });
    const { commandId, ...data } = MAKE;
    expect(sent).toEqual([{ aggregate: 'thing', type: 'MakeThing', data: { ...data, tags: ['x', 'y'] }, commandId, issuer: expect.objectContaining({ personId: '22222222-2222-4222-8222-222222222222' }) }]);
  });

  it('answer alike once the document is compiled', async () => {
    for (let run = 0; run < 5; run += 1) expect((await make(MAKE)).data).toEqual({ makeThing: expect.objectContaining({ __typename: 'MakeThingAccepted', position: '41' }) });
    answer = { rejection: reject('OWN_CASE') };
    expect((await make(MAKE)).data).toEqual({ makeThing: expect.objectContaining({ code: 'OWN_CASE' }) });
  });

  it('are accepted without a position where it is not known yet', async () => {
    answer = { accepted: { ...accepted.accepted, position: null } };
    expect((await make(MAKE)).data).toEqual({ makeThing: expect.objectContaining({ position: null }) });
  });

  it('show a rule that says no in the language asked for', async () => {
    answer = { rejection: reject('WEIGHTS_UNBALANCED', fact('sum', 9900, 'BASIS_POINTS')) };
    const shown = (message: string) => ({ data: { makeThing: { __typename: 'Rejection', code: 'WEIGHTS_UNBALANCED', rule: 'Schemes', message, facts: [{ name: 'sum', value: '9900', kind: 'BASIS_POINTS' }] } } });
    expect(await make(MAKE)).toEqual(shown('Weights are 1 to 10,000 each and exactly 10,000 together.'));
    expect(await make(MAKE, { 'accept-language': 'zh-CN' })).toEqual(shown('权重各为 1 至 10000，合计须为 10000。'));
  });

  it('name every field that breaks its rules, with its path', async () => {
    expect(violationsOf(await make({ ...MAKE, count: 10, tags: ['a', 'b', 'c', 'd'], parts: [{ code: 'no spaces', weight: 10_001, note: 'too long' }, { code: 'B', weight: 1, note: 'x\u0000' }] }))).toEqual([
      'BAD_USER_INPUT',
      [
        ['parts.0.code', ['matches']],
        ['parts.0.weight', ['max']],
        ['parts.0.note', ['maxLength']],
        ['parts.1.note', ['refined']],
        ['tags', ['arrayMaxSize']],
        ['count', ['max']],
      ],
    ]);
    expect(violationsOf(await make({ ...MAKE, parts: [] }))).toEqual(['BAD_USER_INPUT', [['parts', ['arrayMinSize']]]]);
    expect(sent).toEqual([]);
  });

  it('address an aggregate by its id, and take the id of anything else for absent', async () => {
    const breaking = { commandId: UUID, reason: 'Old.', hard: true };
    expect(await act('breakThing', { ...breaking, id: encodeNodeId({ type: 'Thing', key: 'k-1' }), expectedRevision: 4 })).toEqual({ data: { breakThing: { __typename: 'BreakThingAccepted' } } });
    expect(sent).toEqual([expect.objectContaining({ type: 'BreakThing', id: 'k-1', reason: 'Old.', expectedRevision: 4, data: { hard: true } })]);
    expect((await act('breakThing', { ...breaking, id: encodeNodeId({ type: 'Other', key: 'k-1' }) })).errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND', requestId: expect.any(String) });
    expect((await act('breakThing', { ...breaking, id: encodeNodeId({ type: 'Thing', key: 'k-1', asOf: '3' }) })).errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND', requestId: expect.any(String) });
    expect((await act('breakThing', { ...breaking, id: 'k-1' })).errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', requestId: expect.any(String) });
    expect(violationsOf(await act('breakThing', { ...breaking, reason: '', id: 'x' }))).toEqual(['BAD_USER_INPUT', [['reason', ['minLength']]]]);
  });

  it('do not exist for what the system alone does', async () => {
    expect((await act('rustThing', {})).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('refuse an aggregate whose input takes a name of the envelope', () => {
    const clashing = defineCommands({ ClashThing: { doc: 'Clash.', input: z.strictObject({ reason: text() }) } });
    expect(() => commandResolver({ aggregate: 'thing', commands: clashing })).toThrow('reason');
  });
});

describe('object types derived from a schema', () => {
  it('let what can be sealed or erased be null, and say so', async () => {
    const rating = z.strictObject({ rating: decimal.clone().register((await import('@assay/domain')).fields, { graphql: 'Decimal', sealed: true, description: 'Points.' }), comment: personalText(20), code, words: z.array(personalText(20)) });
    objectTypeOf('TestRating', rating, { description: 'A rating.' });
    const { Query, Resolver } = await import('@nestjs/graphql');
    class RatingResolver {
      rating(): null {
        return null;
      }
    }
    Query(() => objectTypeOf('TestRating', rating))(RatingResolver.prototype, 'rating', Object.getOwnPropertyDescriptor(RatingResolver.prototype, 'rating') ?? {});
    Resolver()(RatingResolver);
    const schema = await schemaOf([RatingResolver]);
    const fieldsOf = schema.getType('TestRating');
    const printed = 'getFields' in (fieldsOf ?? {}) ? Object.values((fieldsOf as { getFields(): Record<string, { name: string; type: { toString(): string }; description?: string }> }).getFields()).map(({ name, type, description }) => [name, type.toString(), description]) : [];
    expect(printed).toEqual([
      ['rating', 'Decimal', 'Points. Null while sealed, and where hidden from you.'],
      ['comment', 'String', 'Null where hidden from you or erased.'],
      ['code', 'String!', undefined],
      ['words', '[String!]!', undefined],
    ]);
  });

  it('refuse one name for two schemas, and a schema that GraphQL cannot show', () => {
    objectTypeOf('TestTwice', z.strictObject({ a: code }));
    expect(() => objectTypeOf('TestTwice', z.strictObject({ b: code }))).toThrow('TestTwice');
    expect(() => objectTypeOf('TestDate', z.strictObject({ at: z.date() }))).toThrow('TestDate.at');
  });
});
