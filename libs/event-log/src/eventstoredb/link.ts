import { LogError } from '../errors.js';
import { isNotLeader } from './engine-errors.js';
import type { ConnectEngine, EngineClient } from './engine.js';
import { within } from './within.js';

const DISPOSE_MS = 1_000;

/** The one connection of this process to the engine: made when it is needed, and made anew where it was given up. */
export class EngineLink {
  private current: { readonly made: Promise<EngineClient>; client: EngineClient | null } | null = null;
  private readonly leaving = new Set<Promise<void>>();
  private closed = false;

  constructor(private readonly connect: ConnectEngine) {}

  async client(): Promise<EngineClient> {
    if (this.closed) throw new LogError('Unavailable', 'the log is closed in this process');
    const held = (this.current ??= { made: this.connect(), client: null });
    try {
      held.client = await held.made;
      return held.client;
    } catch (error) {
      if (this.current === held) this.current = null;
      throw error;
    }
  }

  /**
   * Gives a connection up, so that whatever asks next has a new one: after silence, or an error that may have left it
   * broken (a feature probe that failed is kept for ever by the client). Calls under way on it end with an error. One that
   * was told who leads is kept: it goes there, and a new one would begin at the address again.
   */
  recycle(client: EngineClient, because?: unknown): void {
    if (this.current?.client !== client || isNotLeader(because)) return;
    this.current = null;
    // A stream that its server ended without an error keeps the client from ever being done.
    const left = within(client.dispose(), { ms: DISPOSE_MS, signals: [] }).catch(() => undefined);
    this.leaving.add(left);
    void left.finally(() => this.leaving.delete(left));
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.current?.client) this.recycle(this.current.client);
    await Promise.all(this.leaving);
  }
}
