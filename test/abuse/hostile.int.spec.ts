import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isEnumType, type GraphQLSchema } from 'graphql';
import { endOfDay } from '@assay/event-log';
import { encodeNodeId, ERROR_CODES, RESOLVERS, schemaOf } from '@assay/graphql';
import { startGraphqlApp, type Answer, type GraphqlApp } from '../support/graphql-app.js';
import { generator } from '../support/random.js';
import { FOUNDED_ON, foundTeam, type Team } from '../support/team.js';
import { documentFor, inputPositions, valueWith, type InputPosition } from './inputs.js';
import { HOSTILE } from './values.js';

const SEED = 20_261_122;
const ZONE = 'Asia/Shanghai';
/** Asked together: as a client would that means harm. */
const AT_ONCE = 16;
let app: GraphqlApp;
let team: Team;
let schema: GraphQLSchema;
beforeAll(async () => {
  app = await startGraphqlApp({ name: 'Abuse', timeZone: ZONE }, endOfDay(FOUNDED_ON, ZONE) - 43_200_000);
  team = await foundTeam(app);
  schema = await schemaOf(RESOLVERS);
}, 300_000);
afterAll(() => app.close());

interface Case {
  readonly position: InputPosition;
  readonly value: unknown;
}
const named = ({ kind, field, argument, path }: InputPosition): string => [kind, field.name, argument.name, ...path].join('.');

/** Well-formed values that are apt to break something behind the scalars, at every position of queries and mutations. */
function cases(): readonly Case[] {
  const random = generator(SEED);
  const ids = [encodeNodeId({ type: 'Person', key: team.id.seller }), encodeNodeId({ type: 'Target', key: team.target }), encodeNodeId({ type: 'Goal', key: team.goal, asOf: '1' }), encodeNodeId({ type: 'Appraisal', key: randomUUID() })];
  return inputPositions(schema)
    .filter(({ kind, type }) => kind !== 'subscription' && !isEnumType(schema.getType(type)))
    .flatMap((position) => {
      const hostile = [...(HOSTILE[position.type] ?? []), ...(position.type === 'ID' ? ids : [])];
      const count = position.type === 'String' || position.type === 'ID' ? 2 : 1;
      return Array.from({ length: count }, () => ({ position, value: hostile[random(hostile.length)] }));
    });
}

async function asked({ position, value }: Case): Promise<Answer> {
  const given = valueWith(position.argument.type, position.path, value);
  // The same command id twice would be answered from the log, without a look at the rest.
  const fresh = typeof given === 'object' && given !== null && 'commandId' in given && position.path.at(-1) !== 'commandId' ? { ...given, commandId: randomUUID() } : given;
  return app.ask('hr', documentFor(position), { v: fresh });
}

describe('well-formed values that mean harm', () => {
  it(`get a code of the list at every input position, and never INTERNAL (seed ${String(SEED)})`, async () => {
    const left = [...cases()];
    const wrong: unknown[] = [];
    const worker = async (): Promise<void> => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        const { errors = [] } = await asked(one);
        for (const { extensions, message } of errors) {
          const { code } = extensions;
          if (code === 'INTERNAL' || !ERROR_CODES.some((known) => known === code)) wrong.push([named(one.position), String(one.value).slice(0, 40), code, message]);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(wrong).toEqual([]);
  }, 300_000);
});
