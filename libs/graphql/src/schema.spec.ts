import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { commandCatalogue, eventCatalogue, type CommandDefinitions } from '@assay/domain';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLArgument, type GraphQLSchema } from 'graphql';
import { unguarded } from './edge/access.guard.js';
import { undescribed } from './edge/descriptions.js';
import { schemaOf } from './edge/schema-text.js';
import { RESOLVERS } from './resolvers.js';
import { labelOf } from './words/labels.js';

const byText = (a: string, b: string): number => (a < b ? -1 : 1);
const lowered = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

describe('the schema', () => {
  let schema: GraphQLSchema;
  const ownTypes = () => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  beforeAll(async () => {
    schema = await schemaOf(RESOLVERS);
  });

  it('has a mutation for every command that is not the system’s, and no other', () => {
    const tables: readonly CommandDefinitions[] = Object.values(commandCatalogue);
    const commands = tables.flatMap((table) => Object.entries(table).filter(([, { system }]) => system !== true));
    expect(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort(byText)).toEqual(commands.map(([name]) => lowered(name)).sort(byText));
  });

  it('lets every root field be asked for by whoever its rule names, and by nobody where it has none', () => {
    expect(unguarded(RESOLVERS)).toEqual([]);
  });

  it('describes every type, field and argument', () => {
    const bare: string[] = [];
    for (const type of ownTypes()) {
      if (!type.description && !['Query', 'Mutation', 'Subscription', 'String', 'Int', 'ID', 'Boolean', 'Float'].includes(type.name)) bare.push(type.name);
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!field.description) bare.push(`${type.name}.${field.name}`);
        const args: readonly GraphQLArgument[] = 'args' in field ? field.args : [];
        bare.push(...args.filter(({ description }) => !description).map(({ name }) => `${type.name}.${field.name}(${name})`));
      }
    }
    expect([...bare, ...undescribed()]).toEqual([]);
  });

  it('has words in both languages for every code', () => {
    const orders = /Order$/;
    const words = ownTypes().flatMap((type) => (isEnumType(type) && !orders.test(type.name) ? type.getValues().map(({ name }) => name) : []));
    expect([...new Set(words)].filter((word) => labelOf(word)?.some((text) => text.trim() === '') !== false)).toEqual([]);
    expect([labelOf('constructor'), labelOf('NO_SUCH_CODE')]).toEqual([undefined, undefined]);
  });

  it('has an object type for every type of event', () => {
    const union = schema.getType('EventData');
    const members = union && 'getTypes' in union ? union.getTypes().map(({ name }) => name) : [];
    expect([...members].sort(byText)).toEqual(Object.keys(eventCatalogue).sort(byText));
  });

  it('gives a moment to every root field that shows what the log holds', () => {
    const withoutMoment = ['node', 'nodes', 'viewer', 'event', 'log', 'codeLabel', 'compareScore'];
    const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
    expect(queries.filter(({ args }) => !args.some(({ name }) => name === 'asOf')).map(({ name }) => name).sort(byText)).toEqual([...withoutMoment].sort(byText));
  });

  it('has a nullable field wherever a description says that it can be hidden', () => {
    const firm: string[] = [];
    for (const type of ownTypes()) {
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) if (/hidden from you|while sealed/.test(field.description ?? '') && String(field.type).endsWith('!') && /[Nn]ull/.test(field.description ?? '')) firm.push(`${type.name}.${field.name}`);
    }
    expect(firm).toEqual([]);
  });
});
