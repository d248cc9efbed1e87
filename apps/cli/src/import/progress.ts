import type { Io } from '../command.js';

const LINE_EVERY_MS = 10_000;
const BAR_EVERY_MS = 100;

/** Says on standard error how far an import is: rewritten in place for a person watching, otherwise a line each 10 s. */
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
    const now = this.options.clock();
    const { terminal } = this.io;
    if (this.options.quiet || now - this.saidAt < (terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
    this.saidAt = now;
    this.shown = terminal;
    this.io.err(terminal ? `\r\u001b[2K${text}` : `${text}\n`);
  }

  /** Leaves the terminal's line as it was found. */
  end(): void {
    if (this.shown) this.io.err('\r\u001b[2K');
    this.shown = false;
  }
}
