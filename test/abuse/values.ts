const LONG = '9'.repeat(5_000);

/** For each scalar what it must refuse, as JSON brings it; `word` stands for every enum. */
export const BAD: Readonly<Record<string, readonly unknown[]>> = {
  Decimal: [1.5, 1, true, '', ' 1', '1e3', '1.', '.5', '+1', '1,000', 'NaN', '-', '0x10', '１', '1\u0000', '1'.repeat(19), `0.${'1'.repeat(13)}`, LONG, {}],
  Position: [5, -1, true, '-1', '01', '1.0', '9007199254740992', '', 'x', ' 1', LONG, {}],
  Date: [20260701, true, '', '2026-02-30', '2026-13-01', '2026-7-1', '0000-00-00', '2026/07/01', '+2026-07-01', '2026-07-01T00:00:00Z', '2026-07-01 ', LONG, {}],
  DateTime: [0, true, '', '2026-07-01', '2026-07-01T25:00:00Z', '2026-02-30T00:00:00Z', '2026-07-01T00:00:00', '2026-07-01T00:00:00.0000Z', '2026-07-01T00:00:00+99:99', 'now', LONG, {}],
  BasisPoints: ['1', 1.5, true, 2_147_483_648, -2_147_483_649, 1e300, LONG, {}],
  Sha256: [5, true, '', 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64), 'g'.repeat(64), `${'a'.repeat(63)}\n`, LONG, {}],
  UUID: [5, true, '', '11111111-1111-4111-8111-11111111111', '1111111111114111811111111111111111', 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA', '{11111111-1111-4111-8111-111111111111}', LONG, {}],
  ID: [1.5, true, {}],
  Int: ['1', 1.5, true, 2_147_483_648, 1e300, LONG, {}],
  String: [5, true, {}],
  Boolean: ['true', 0, 1, {}],
  word: ['nope', 'NOPE', '', 5, true, LONG, {}],
};

/** For each scalar what it takes and what is apt to break something behind it. */
export const HOSTILE: Readonly<Record<string, readonly unknown[]>> = {
  Decimal: ['-0', '999999999999999999.999999999999', '-999999999999999999.999999999999', '0.000000000001', '000000000000000001'],
  Position: ['0', '9007199254740991'],
  Date: ['0001-01-01', '9999-12-31', '1582-10-10', '2028-02-29'],
  DateTime: ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-12-31T24:00:00Z', '2026-07-01T00:00:00-23:59'],
  BasisPoints: [0, -1, 2_147_483_647, -2_147_483_648],
  Sha256: ['0'.repeat(64)],
  UUID: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  ID: ['', '\u0000', '\ud800', 'VGFyZ2V0Og', 'VGFyZ2V0Oi4uLy4u', 'Q29tcGFueTpjb21wYW55', 'TG9nOm1haW4', 'x'.repeat(5_000), 5, '../../etc/passwd', "' OR 1=1 --"],
  Int: [0, -1, 2_147_483_647, -2_147_483_648],
  String: ['', '\u0000', 'a\u0000b', '\ud800', '\udc00x', '\ufffe', '%', '_%', "'; DROP TABLE x; --", '${x}', '__proto__', 'constructor', '\u202e', 'x'.repeat(60_000), 'WyJhIl0', 'bnVsbA', 'eyJhIjoxfQ'],
  Boolean: [false],
};
