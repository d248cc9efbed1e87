import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { LogError } from '@assay/event-log';
import { Defect } from '@assay/domain';
import { Access, Public, unguarded } from './access.guard.js';
import { acceptByQuality } from './accept.js';
import { pageOf } from './connection.js';
import { decodeCursor, encodeCursor, filterDigest } from './cursor.js';
import { ERROR_CODES, isRetryable } from './error-codes.js';
import { ErrorMapper } from './error-mapping.js';
import { localeOf } from './locale.js';
import { decodeNodeId, encodeNodeId } from './node-id.js';
import { isLocalHost, mayCall } from './origins.js';
import { RateLimiter } from './rate-limiter.js';
import { BasisPointsScalar, DateScalar, DateTimeScalar, DecimalScalar, PositionScalar, Sha256Scalar, UuidScalar } from './scalars.js';

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions['code'] : error;
  }
};

describe('ids', () => {
  const uuid = '0b1d2c3e-0000-5000-8000-00000000000a';
  it('come back as they went, one per moment', () => {
    const keys = [{ type: 'Target', key: uuid }, { type: 'Target', key: uuid, asOf: '41' }, { type: 'Target', key: uuid, effectiveOn: '2026-03-31' }, { type: 'Target', key: uuid, asOf: '41', effectiveOn: '2026-03-31' }, { type: 'Cycle', key: 'QUARTER-2026Q3' }];
    const ids = keys.map(encodeNodeId);
    expect(ids.map(decodeNodeId)).toEqual(keys);
    expect(new Set(ids).size).toBe(keys.length);
    expect(ids.every((id) => /^[A-Za-z0-9_-]+$/.test(id))).toBe(true);
  });
  it.each(['', 'x', uuid, Buffer.from('Target').toString('base64url'), Buffer.from(`target:${uuid}`).toString('base64url'), `${encodeNodeId({ type: 'Target', key: uuid })}=`])('refuses %p, which it did not write', (id) => {
    expect(codeOf(() => decodeNodeId(id))).toBe('BAD_USER_INPUT');
  });
});

describe('cursors', () => {
  const place = { order: 'NAME', filter: filterDigest({ unit: 'EAST' }), key: ['Ågot 王', 3, null, 'id-1'] };
  it('hold their place under one order and one filter', () => {
    expect(decodeCursor(encodeCursor(place), place)).toEqual(place.key);
  });
  it.each([
    ['another order', encodeCursor({ ...place, order: 'CODE' })],
    ['another filter', encodeCursor({ ...place, filter: filterDigest({ unit: 'WEST' }) })],
    ['no key', encodeCursor({ ...place, key: [] })],
    ['objects', Buffer.from(JSON.stringify(['NAME', place.filter, {}])).toString('base64url')],
    ['no JSON', 'abc'],
    ['a long text', 'a'.repeat(3_000)],
  ])('refuse %s', (_what, cursor) => {
    expect(codeOf(() => decodeCursor(cursor, place))).toBe('BAD_USER_INPUT');
  });
  it('digest a filter by meaning, not by the order of its fields', () => {
    expect(filterDigest({ a: 1, b: 2 })).toBe(filterDigest({ b: 2, a: 1 }));
  });
});

describe('pages', () => {
  it('are 20 from the start unless said otherwise', () => {
    expect([pageOf({}), pageOf({ first: 5, after: 'x' }), pageOf({ last: 7, before: 'y' })]).toEqual([
      { size: 20, direction: 'FORWARD', after: null, before: null },
      { size: 5, direction: 'FORWARD', after: 'x', before: null },
      { size: 7, direction: 'BACKWARD', after: null, before: 'y' },
    ]);
    expect(codeOf(() => pageOf({ first: 1, last: 1 }))).toBe('BAD_USER_INPUT');
  });
});

describe('scalars', () => {
  it.each([
    [DecimalScalar, ['0', '-3.5', '123456789012345678.123456789012'], ['', '1e3', '1.', '.5', '+1', '1234567890123456789', 1, null]],
    [PositionScalar, ['0', '41', '9007199254740991'], ['-1', '01', '9007199254740993', 41]],
    [DateScalar, ['2024-02-29'], ['2023-02-29', '2024-2-1', '2024-02-29T00:00:00Z', 20240229]],
    [DateTimeScalar, ['2026-09-30T16:00:00.000Z'], ['2026-09-30', '2026-09-30T16:00:00', '2026-02-30T16:00:00Z', '2026-09-30T16:00:00.0001Z', 0]],
    [BasisPointsScalar, [0, 10_000, 12_000], ['1', 1.5, 2 ** 40]],
    [Sha256Scalar, ['a'.repeat(64)], ['A'.repeat(64), 'a'.repeat(63)]],
    [UuidScalar, ['0b1d2c3e-0000-5000-8000-00000000000a'], ['0B1D2C3E-0000-5000-8000-00000000000A', 'x']],
  ])('%s takes its own form and nothing else', (scalar, good, bad) => {
    expect(good.map((value) => scalar.parseValue(value))).toEqual(good);
    expect(bad.map((value) => codeOf(() => scalar.parseValue(value)))).toEqual(bad.map(() => 'BAD_USER_INPUT'));
  });
  it('DateTime is UTC whatever offset it came with', () => {
    expect(DateTimeScalar.parseValue('2026-09-30T18:00:00+08:00')).toBe('2026-09-30T10:00:00.000Z');
    expect(DateTimeScalar.serialize(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('the error list', () => {
  it('is that of the API, with what may be tried again', () => {
    expect(ERROR_CODES.filter(isRetryable)).toEqual(['NOT_YET_VISIBLE', 'PROJECTION_BUILDING', 'OUTCOME_UNKNOWN', 'OVERLOADED', 'RATE_LIMITED', 'UNAVAILABLE']);
    expect(ERROR_CODES).toHaveLength(21);
  });
  it('hides what is unknown behind an id that the log has once, without what a user typed', () => {
    const lines: [Record<string, unknown>, string][] = [];
    const mapper = new ErrorMapper({ error: (fields, message) => lines.push([{ ...fields }, message]) });
    const fault = new TypeError('cannot read "Zhang San" of \'target\'');
    const shown = [mapper.toApi(fault, 'r1'), mapper.toApi(new GraphQLError('x', { originalError: fault, path: ['a'] }), 'r1')];
    expect(new Set(shown.map(({ extensions }) => extensions['errorId'])).size).toBe(1);
    expect(shown.map(({ message }) => message)).toEqual(['Internal error.', 'Internal error.']);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('Zhang');
    expect(lines[0]?.[0]).toMatchObject({ requestId: 'r1', fault: 'TypeError', faultMessage: 'cannot read … of …' });
  });
  it('answers a defect as INTERNAL and the log by its codes', () => {
    const mapper = new ErrorMapper({ error: () => undefined });
    expect(mapper.toApi(new Defect('broken', { secret: 1 })).extensions).toEqual({ code: 'INTERNAL', errorId: expect.any(String) });
    const codes = (['CursorForeign', 'Overloaded', 'ClockBehind', 'TooLarge', 'InvalidEvent'] as const).map((code) => mapper.toApi(new LogError(code, 'x')).extensions['code']);
    expect(codes).toEqual(['CURSOR_FOREIGN', 'OVERLOADED', 'UNAVAILABLE', 'PAYLOAD_TOO_LARGE', 'INTERNAL']);
  });
});

describe('rates', () => {
  it('let a burst through, then what drips, and forget the longest unused', () => {
    const limiter = new RateLimiter({ burst: 2, perSecond: 0.5 }, 2);
    expect([0, 0, 0].map((now) => limiter.take('a', now))).toEqual([0, 0, 2]);
    expect([limiter.take('a', 1_000), limiter.take('a', 2_000), limiter.take('a', 2_000)]).toEqual([1, 0, 2]);
    limiter.take('b', 2_000);
    limiter.take('c', 2_000);
    expect([limiter.size, limiter.take('a', 2_000)]).toEqual([2, 0]);
  });
});

describe('headers', () => {
  it.each([
    [undefined, 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en;q=0.8, zh-Hant;q=0.9', 'zh'],
    ['fr, de;q=0.9', 'en'],
    ['zh;q=0, *', 'en'],
  ])('Accept-Language %p is answered in %s', (header, locale) => {
    expect(localeOf(header)).toBe(locale);
  });
  it.each([
    [undefined, '*/*'],
    ['a/b;q=0.1, c/d, e/f;q=0.5;charset=utf-8', 'c/d,e/f;charset=utf-8,a/b'],
    ['a/b;q=0', 'none/none'],
  ])('Accept %p is read as %s', (header, read) => {
    expect(acceptByQuality(header)).toBe(read);
  });
  it('the demo answers to local names alone', () => {
    expect(['localhost:3000', '127.0.0.1:1', '[::1]:80', 'demo.localhost'].map(isLocalHost)).toEqual([true, true, true, true]);
    expect(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', undefined].map(isLocalHost)).toEqual([false, false, false, false, false]);
  });
  it('a page calls from our own origin or a listed one', () => {
    const rules = { origins: ['https://board.example'], localOnly: false };
    const may = (origin: string | undefined): boolean => mayCall({ host: 'api.example:8443', ...(origin === undefined ? {} : { origin }) }, rules);
    expect([undefined, 'https://api.example:8443', 'https://board.example'].map(may)).toEqual([true, true, true]);
    expect(['https://api.example', 'https://evil.example', 'null', 'http://board.example'].map(may)).toEqual([false, false, false, false]);
  });
});

@Resolver()
class Guarded {
  @Query(() => String)
  @Access('HR')
  one(): string {
    return '';
  }
  @Query(() => String)
  @Public()
  two(): string {
    return '';
  }
}
@Resolver()
class Forgotten {
  @Query(() => String)
  open(): string {
    return '';
  }
  helper(): string {
    return '';
  }
}
class Inherits extends Forgotten {}

describe('access rules', () => {
  it('finds root fields that nobody guards, inherited ones too', () => {
    expect(unguarded([Guarded])).toEqual([]);
    expect(unguarded([Guarded, Forgotten, Inherits])).toEqual(['Forgotten.open', 'Inherits.open']);
  });
});
