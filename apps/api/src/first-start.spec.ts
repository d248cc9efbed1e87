import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { demoMarkOf, markDemo } from '@assay/graphql';
import { modeAtStart } from './first-start.js';

describe('the mode of a start', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-mode-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const embedded = { server: false, demo: false };
  const onServer = { server: true, demo: false };

  it('begins the log of an untouched folder as a demo, and marks it', () => {
    expect(modeAtStart(folder, 'main', embedded)).toBe('demo');
    expect(existsSync(demoMarkOf(folder, 'main'))).toBe(true);
  });

  it('takes no log on a server for a demo because its own folder is new', () => {
    expect(modeAtStart(folder, 'main', onServer)).toBe('production');
    expect(existsSync(demoMarkOf(folder, 'main'))).toBe(false);
  });

  it('begins a demo on a server where that is asked for, and leaves the mark until the log is seen to be empty', () => {
    expect(modeAtStart(folder, 'main', { server: true, demo: true })).toBe('demo');
    expect(existsSync(demoMarkOf(folder, 'main'))).toBe(false);
  });

  it('goes by the mark once there are keys', () => {
    mkdirSync(join(folder, 'keys'));
    expect(modeAtStart(folder, 'main', embedded)).toBe('production');
    markDemo(folder, 'main');
    expect(modeAtStart(folder, 'main', embedded)).toBe('demo');
  });

  it('begins no log but main', () => {
    expect(modeAtStart(folder, 'crm', { server: false, demo: true })).toBe('production');
  });
});
