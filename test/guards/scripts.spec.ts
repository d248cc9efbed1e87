import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './fixtures.js';

/** Runs a script as a Node of that version would see itself; the linter holds that such a Node can parse it. */
function runAs(version: string, script: string, ...args: string[]) {
  const pretend = `Object.defineProperty(process, 'version', { value: '${version}' }); process.argv.splice(1, 0, 'script'); require(${JSON.stringify(path.join(ROOT, 'scripts', script))});`;
  return spawnSync(process.execPath, ['--eval', pretend, '--', ...args], { cwd: ROOT, encoding: 'utf8' });
}

describe('the commands of a fresh clone', () => {
  it.each(['start.cjs', 'test.cjs', 'assay.cjs'])('%s names the Node it needs to one that is too old', (script) => {
    for (const version of ['v0.12.18', 'v18.20.0', 'v20.18.3']) {
      const { status, stdout, stderr } = runAs(version, script);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(`20.19.0 or newer; this is ${version}.`);
    }
  });

  it.each([['v20.19.0'], ['v20.20.2'], ['v22.0.0'], ['v100.1.0']])('let %s pass', (version) => {
    const { status, stderr } = runAs(version, 'test.cjs', '--tier', 'nonsense');
    expect({ status, usage: stderr.startsWith('Usage: npm test') }).toEqual({ status: 2, usage: true });
  });
});
