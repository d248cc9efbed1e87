import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built server or command line as a process of its own, at the head of a process group, as a shell starts it. */
export class StartedProcess {
  out = '';
  err = '';
  readonly ended: Promise<End>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private wake: () => void = () => undefined;
  private end: End | null = null;

  constructor(script: string, argv: readonly string[], settings: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [script, ...argv], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.child.stdout.on('data', (chunk: Buffer) => this.heard('out', chunk));
    this.child.stderr.on('data', (chunk: Buffer) => this.heard('err', chunk));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.end = { code, signal };
        this.wake();
        resolve(this.end);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isEnded(): boolean {
    return this.end !== null;
  }

  /** Resolves with what the pattern finds in what it printed; throws where it ends before. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (found) return found[1] ?? found[0];
      if (this.end !== null) throw new Error(`ended with ${this.end.code ?? this.end.signal} before it said ${pattern}: ${this.out}${this.err}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Ctrl-C: the terminal sends it to the whole process group. */
  interrupt(): Promise<End> {
    if (this.end === null) process.kill(-this.pid, 'SIGINT');
    return this.ended;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<End> {
    this.child.kill(signal);
    return this.ended;
  }

  private heard(stream: 'out' | 'err', chunk: Buffer): void {
    this[stream] += chunk.toString('utf8');
    this.wake();
  }
}

/** The command lines of processes that name a folder: servers and tools that were started on it. */
export function processesOn(folder: string): readonly string[] {
  const lines = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => `${pid} ${commandLine(pid)}`);
  return lines.filter((line) => line.includes(folder));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
