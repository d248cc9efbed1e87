import { describe, expect, it } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { labelsOf } from './operation-labels.js';

describe('the labels of an operation', () => {
  it.each([
    ['query Hers { people { totalCount } }', 'query', 'people'],
    ['query { mine: people { totalCount } yours: people { totalCount } __typename }', 'query', 'people'],
    ['mutation { setTarget(input: {}) { __typename } }', 'mutation', 'setTarget'],
    ['subscription { eventRecorded { position } }', 'subscription', 'eventRecorded'],
    ['{ people { totalCount } targets { totalCount } }', 'query', 'several'],
    ['{ ...Some } fragment Some on Query { people { totalCount } }', 'query', 'several'],
    ['{ __schema { queryType { name } } }', 'query', 'introspection'],
    ['{ __typename }', 'query', 'introspection'],
  ])('%s', (text, kind, operation) => {
    const node = getOperationAST(parse(text));
    expect(node && labelsOf(node)).toEqual({ kind, operation });
  });
});
