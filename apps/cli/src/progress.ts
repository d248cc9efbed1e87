import type { Io } from './command.js';

const LINE_EVERY_MS = 10_000;
const BAR_EVERY_MS = 100;
const BAR_CHARACTERS = 24;

/**
 * Says on standard error how far a command is: a line rewritten in place for a person watching, with a bar where the whole
 * is known; otherwise a line each 10 s. It has no colours, so there are none for `NO_COLOR` to take away.
 */
export class Progress {
  private saidAt: number;
  private shown = false;

  constructor(
    private readonly io: Pick<Io, 'err' | 'terminal'>,
    private readonly options: { readonly quiet: boolean; readonly clock: () => number },
  ) {
    this.saidAt = options.clock();
  }

  say(text: string): void {
    if (!this.isDue()) return;
    this.io.err(this.io.terminal ? `\r\u001b[2K${text}` : `${text}\n`);
  }

  /** How much of a known whole is done. */
  bar(label: string, { done, of }: { readonly done: number; readonly of: number }): void {
    const share = of <= 0 ? 1 : Math.min(1, done / of);
    const filled = Math.floor(share * BAR_CHARACTERS);
    const bar = this.io.terminal ? `[${'#'.repeat(filled)}${'.'.repeat(BAR_CHARACTERS - filled)}] ` : '';
    this.say(`${bar}${label}: ${String(done)} of ${String(of)}, ${String(Math.floor(share * 100))} %`);
  }

  /** Leaves the terminal's line as it was found. */
  end(): void {
    if (this.shown) this.io.err('\r\u001b[2K');
    this.shown = false;
  }

  private isDue(): boolean {
    const now = this.options.clock();
    const { terminal } = this.io;
    if (this.options.quiet || now - this.saidAt < (terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return false;
    this.saidAt = now;
    this.shown = terminal;
    return true;
  }
}
