import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCompose } from './compose-file.js';
import { COMPOSE_RULES, type Surroundings } from './compose-rules.js';
import { DOCKERFILE_RULES, stagesOf } from './dockerfile-rules.js';
import { ROOT } from './fixtures.js';

const OURS = ['docker-compose.yml', 'compose.single.yml'];
const read = (...names: readonly string[]): string => readFileSync(path.join(ROOT, ...names), 'utf8');
/** The example that operators copy, which is also what the files are filled in with here. */
const example = Object.fromEntries([...read('docker', 'example.env').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
const ignored = read('.dockerignore').split('\n');

interface Broken {
  readonly name: string;
  readonly guard: string;
  readonly text: string;
}
function brokenFiles(kind: string): readonly Broken[] {
  const folder = path.join(ROOT, 'test', 'guards', 'fixtures', kind);
  return readdirSync(folder).map((name) => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    return { name, text, guard: /^# guard: (\S+)\n/.exec(text)?.[1] ?? 'the first line does not say' };
  });
}

describe('the compose files', () => {
  let secretsFolder: string;
  let around: Surroundings;
  /** What each rule finds, for those that find something. */
  const found = (text: string): Readonly<Record<string, readonly string[]>> => {
    const file = readCompose(text, example);
    if ('faults' in file) return { shape: file.faults };
    return Object.fromEntries(Object.entries(COMPOSE_RULES).map(([rule, look]) => [rule, look(file, around)] as const).filter(([, faults]) => faults.length > 0));
  };
  const makeSecrets = () => spawnSync('sh', [path.join(ROOT, 'docker', 'make-secrets.sh'), secretsFolder], { encoding: 'utf8' });

  beforeAll(() => {
    secretsFolder = path.join(mkdtempSync(path.join(tmpdir(), 'assay-compose-')), 'secrets');
    expect(makeSecrets()).toMatchObject({ status: 0, stderr: '' });
    around = { root: ROOT, secretsFolder, secretNames: readdirSync(secretsFolder), told: [read('docs', 'guides', 'operate.md'), read('docker', 'example.env')] };
  });
  afterAll(() => rmSync(path.dirname(secretsFolder), { recursive: true, force: true }));

  it.each(OURS)('%s keeps every rule', (name) => {
    expect(found(read(name))).toEqual({});
  });

  it('are filled in with what the example holds, and with nothing else', () => {
    const used = OURS.flatMap((name) => {
      const file = readCompose(read(name), example);
      return 'faults' in file ? [] : file.variables.map((variable) => variable.name);
    });
    expect(new Set(Object.keys(example))).toEqual(new Set(used));
  });

  it('say in one file what they say in the other, where both start the same', () => {
    const [fleet, single] = OURS.map((name) => readCompose(read(name), example));
    if (fleet === undefined || single === undefined || 'faults' in fleet || 'faults' in single) throw new Error('not read');
    expect(single.services['database']).toEqual(fleet.services['database']);
  });

  it.each(brokenFiles('compose'))('are refused as in $name: $guard', ({ guard, text }) => {
    expect(Object.keys(found(text))).toEqual(guard === 'none' ? [] : [guard]);
  });

  it('have a broken file for each rule', () => {
    const shown = new Set(brokenFiles('compose').map(({ guard }) => guard));
    expect(Object.keys(COMPOSE_RULES).length).toBeGreaterThan(20);
    expect(['shape', ...Object.keys(COMPOSE_RULES)].filter((rule) => !shown.has(rule))).toEqual([]);
  });

  it('mount secrets that others on the machine cannot reach, and that are made once', () => {
    const held = around.secretNames.map((name) => readFileSync(path.join(secretsFolder, name), 'utf8'));
    expect(new Set(held).size).toBe(held.length);
    expect(statSync(secretsFolder).mode & 0o777).toBe(0o700);
    expect(makeSecrets().status).toBe(0);
    expect(around.secretNames.map((name) => readFileSync(path.join(secretsFolder, name), 'utf8'))).toEqual(held);
    expect([read('.gitignore'), read('.dockerignore')].map((text) => /^secrets\/?$/m.test(text))).toEqual([true, true]);
  });
});

describe('the Dockerfile', () => {
  const found = (text: string): Readonly<Record<string, readonly string[]>> => {
    const stages = stagesOf(text);
    return Object.fromEntries(Object.entries(DOCKERFILE_RULES).map(([rule, look]) => [rule, look(stages, { root: ROOT, ignored })] as const).filter(([, faults]) => faults.length > 0));
  };

  it('keeps every rule', () => {
    expect(found(read('Dockerfile'))).toEqual({});
  });

  it.each(brokenFiles('dockerfile'))('is refused as in $name: $guard', ({ guard, text }) => {
    expect(Object.keys(found(text))).toEqual(guard === 'none' ? [] : [guard]);
  });

  it('has a broken file for each rule', () => {
    const shown = new Set(brokenFiles('dockerfile').map(({ guard }) => guard));
    expect(Object.keys(DOCKERFILE_RULES).filter((rule) => !shown.has(rule))).toEqual([]);
  });
});
