import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';

/** The command line as a process of its own, without a database. */
function assay(...argv: readonly string[]) {
  const child = spawn(process.execPath, ['--import', './test/support/typescript-hooks.mjs', 'apps/cli/src/main.ts', ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode, said }));
  return { child, ended };
}
const LINE = '{"nonsense":true}\n';

describe('the command line as a process', () => {
  it('ends quietly with 0 where its reader closes the pipe', async () => {
    const { child, ended } = assay('score');
    child.stdin.write(LINE);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const feeding = setInterval(() => child.stdin.write(LINE.repeat(100)), 5);
    expect(await ended).toEqual({ code: 0, signal: null, said: '' });
    clearInterval(feeding);
  });

  it('ends with 130 at Ctrl-C, having written what was asked so far', async () => {
    const { child, ended } = assay('score');
    child.stdin.write(LINE);
    const [answer] = await once(child.stdout, 'data');
    expect(JSON.parse(String(answer))).toMatchObject({ line: 1, error: { code: 'BAD_USER_INPUT' } });
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null, said: '' });
  });
});
