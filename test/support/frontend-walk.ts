import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What a walk through a frontend says. */
type Said = Readonly<Record<string, unknown>>;
const FOLDER = join('examples', 'frontend');

/** Installs, compiles and bundles the example frontends where that was not done for what is there now. */
export function compileFrontends(): void {
  const { status, stderr } = spawnSync(process.execPath, [join('scripts', 'frontends.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** A frontend's own code at work in a process of its own, as one person. */
export class FrontendWalk {
  readonly said: Said[] = [];
  private wake: () => void = () => undefined;
  private complaint = '';
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor(frontend: 'relay' | 'urql', session: { readonly url: string; readonly token: string }) {
    const env = { PATH: '', ASSAY_URL: session.url, ASSAY_TOKEN: session.token };
    this.child = spawn(process.execPath, [join(FOLDER, 'dist', frontend, 'walk.cjs')], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr.on('data', (text) => (this.complaint += String(text)));
    this.child.once('close', () => this.wake());
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      // Lines that the walk itself writes.
      this.said.push(JSON.parse(line) as Said);
      this.wake();
    });
  }

  /** The first thing said that has this member. */
  async told(member: string, nth = 1): Promise<Said> {
    for (;;) {
      const found = this.said.filter((one) => member in one)[nth - 1];
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`the walk ended and never told ${member}: ${this.complaint}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Ends the walk's input; it then says what it heard in all, and ends. */
  async end(): Promise<Said> {
    const closed = once(this.child, 'close');
    this.child.stdin.end();
    const all = await this.told('heardAll');
    await closed;
    return all;
  }
}
