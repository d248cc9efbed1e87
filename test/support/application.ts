import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Answer, Asked, Told } from './kill-protocol.js';
import type { LoadWorld } from './team-load.js';

/** What is said once it is asked for, by its member. */
interface Replies {
  readonly open: string;
  readonly founded: LoadWorld;
  readonly again: readonly Answer[];
  readonly paused: number;
}

/**
 * The application of the kill test as a process of its own. It loads its code at once and opens the log at `go`, so that
 * the next one may stand by while the present one is killed.
 */
export class Application {
  /** Every answer that came out, in order. */
  readonly answers: Answer[] = [];
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly others: Told[] = [];
  private readonly ended: Promise<unknown>;
  private complaint = '';
  private isEnded = false;
  private wake: () => void = () => undefined;

  constructor(dataDir: string) {
    this.child = spawn(process.execPath, ['--import', './test/support/typescript-hooks.mjs', 'test/support/kill-child.ts', dataDir], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (text) => (this.complaint += String(text)));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    this.ended = once(this.child, 'close').then(() => {
      this.isEnded = true;
      this.wake();
    });
  }

  /** Lets it open the log; resolves with the log's id once it is open. */
  open(): Promise<string> {
    this.child.stdin.write('go\n');
    return this.told('open');
  }

  ask(asked: Asked): void {
    this.child.stdin.write(`${JSON.stringify(asked)}\n`);
  }

  /** The next thing of a kind that it says. */
  async told<K extends keyof Replies>(kind: K): Promise<Replies[K]> {
    const find = (): number => this.others.findIndex((told) => kind in told);
    await this.until(() => find() >= 0);
    const [found] = this.others.splice(find(), 1);
    // It was found by this very member.
    return (found as unknown as Pick<Replies, K>)[kind];
  }

  /** Resolves once so many answers came out in all. */
  answered(count: number): Promise<void> {
    return this.until(() => this.answers.length >= count);
  }

  /** kill -9; `dead` resolves when the last of what it said has been read. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  async dead(): Promise<void> {
    await this.ended;
  }

  /** Lets it end by itself. */
  async end(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
    if (this.child.exitCode !== 0) throw new Error(`the application ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.complaint}`);
  }

  private hear(line: string): void {
    let told: Told;
    try {
      // Lines that the child itself writes.
      told = JSON.parse(line) as Told;
    } catch {
      // Cut off in the middle by a kill -9: nobody was told anything.
      return;
    }
    if ('acknowledged' in told) this.answers.push(told.acknowledged);
    else this.others.push(told);
    this.wake();
  }

  private async until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.isEnded) throw new Error(`the application ended by itself: ${this.complaint}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
