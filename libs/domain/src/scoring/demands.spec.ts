import { describe, expect, it } from '@jest/globals';
import { bandsBroken, curveBroken, targetBroken } from './demands.js';
import type { Curve, Direction } from './input.js';

const quantities = { lowLimit: '85', low: '95', high: '105', highLimit: '115' };
const milestones = [{ code: 'm', weight: 1 }];

describe('a target of a direction (TARGET_NOT_QUANTIFIED, §3)', () => {
  it.each([
    ['HIGHER', { target: '1' }],
    ['HIGHER', { target: '80.000000000001', baseline: '80' }],
    ['HIGHER', { target: '-1', baseline: '-2', limit: null }],
    ['LOWER', { target: '100', limit: '120' }],
    ['BAND', quantities],
    ['BAND', { ...quantities, low: '100', high: '100.00' }],
    ['BINARY', { milestones }],
    ['MILESTONES', { milestones }],
  ] as const)('%s accepts %j', (direction, version) => {
    expect(targetBroken(direction, version)).toBeNull();
  });

  it.each([
    ['HIGHER', {}, 'target'],
    ['HIGHER', { target: '80', baseline: '80' }, 'target'],
    ['HIGHER', { target: '0' }, 'target'],
    ['HIGHER', { target: '1', limit: '2' }, 'limit'],
    ['LOWER', { target: '100' }, 'limit'],
    ['LOWER', { target: '100', limit: '100' }, 'limit'],
    ['BAND', { ...quantities, low: '85' }, 'low'],
    ['BAND', { ...quantities, high: '94' }, 'high'],
    ['BAND', { ...quantities, highLimit: '105' }, 'highLimit'],
    ['BAND', { low: '95', high: '105', lowLimit: '85' }, 'highLimit'],
    ['BINARY', { target: '1' }, 'target'],
    ['MILESTONES', {}, 'milestones'],
    ['MILESTONES', { milestones: [] }, 'milestones'],
    ['MILESTONES', { milestones: [...milestones, ...milestones] }, 'milestones'],
  ] as const)('%s refuses %j at %s', (direction: Direction, version, field) => {
    expect(targetBroken(direction, version)).toMatchObject({ code: 'TARGET_NOT_QUANTIFIED', field });
  });

  it('refuses a version that states other quantities than the first', () => {
    expect(targetBroken('HIGHER', { target: '100' }, { target: '90', baseline: '10' })).toMatchObject({
      field: 'baseline',
    });
    expect(targetBroken('HIGHER', { target: '100', baseline: '1' }, { target: '90' })).toMatchObject({
      field: 'baseline',
    });
    expect(targetBroken('HIGHER', { target: '100', baseline: '1' }, { target: '90', baseline: '10' })).toBeNull();
  });
});

describe('a curve (CURVE_BROKEN, §4)', () => {
  const points = (...pairs: readonly (readonly [string, string])[]): Curve => ({
    type: 'PIECEWISE',
    points: pairs.map(([attainment, score]) => ({ attainment, score })),
  });
  const steps = (...pairs: readonly (readonly [string, string])[]): Curve => ({
    type: 'STEP',
    steps: pairs.map(([from, score]) => ({ from, score })),
  });
  it.each([
    [{ type: 'LINEAR' } as const, null],
    [points(['-1', '-50'], ['0.5', '50'], ['0.8', '50']), null],
    [points(['0.5', '50']), null],
    [points(), 'points'],
    [points(['0.5', '50'], ['0.50', '60']), 'points[1].attainment'],
    [points(['0.5', '50'], ['0.8', '40']), 'points[1].score'],
    [steps(['0', '0'], ['0.8', '60']), null],
    [steps(), 'steps'],
    [steps(['0.5', '-10']), 'steps[0].score'],
    [steps(['0.5', '10'], ['0.4', '20']), 'steps[1].from'],
    [steps(['0.5', '10'], ['0.6', '9.99']), 'steps[1].score'],
  ])('%j: %s', (curve, field) => {
    expect(curveBroken(curve)?.field ?? null).toBe(field);
  });
});

describe('grade bands (BANDS_BROKEN, §8)', () => {
  const bands = (...pairs: readonly (readonly [string, string | null])[]) =>
    pairs.map(([grade, from]) => ({ grade, from }));
  it.each([
    [bands(['S', '95'], ['A', '85'], ['C', null]), null],
    [bands(['ONLY', null]), null],
    [bands(), ''],
    [bands(['S', '95'], ['A', '95.0'], ['C', null]), '[1].from'],
    [bands(['C', '70'], ['S', '95'], ['D', null]), '[1].from'],
    [bands(['S', '95'], ['A', '85']), '[1].from'],
    [bands(['S', null], ['A', '85'], ['C', null]), '[0].from'],
    [bands(['S', '95'], ['S', null]), '[1].grade'],
  ])('%j: %s', (list, field) => {
    expect(bandsBroken(list)?.field ?? null).toBe(field);
  });
});
