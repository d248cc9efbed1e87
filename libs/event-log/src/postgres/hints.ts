import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const CHANNEL = 'assay_log';
/** At most one hint in this time: more would say nothing more. */
const HINT_MS = 10;
const RECONNECT_DELAYS_MS = [100, 500, 2000, 5000] as const;

/**
 * Tells other processes, and is told, that the log has moved: NOTIFY and LISTEN on a connection of their own, after the
 * commit and apart from it, since NOTIFY takes a lock of the whole database. Everything here may fail: polling goes on.
 */
export class Hints {
  private client: pg.Client | null = null;
  private running: Promise<void> | null = null;
  private due = false;
  private telling = false;
  /** Something was to be said while there was no connection. */
  private untold = false;
  private readonly stopping = new AbortController();
  private lost: () => void = () => undefined;

  constructor(
    private readonly config: pg.ClientConfig,
    private readonly onHint: () => void,
  ) {}

  /** Keeps a connection up from now on. */
  start(): void {
    this.running ??= this.stayConnected();
  }

  /** Says that the log has moved: at once after a rest, and never more often than once in 10 ms. */
  send(): void {
    this.start();
    this.due = true;
    if (!this.telling) void this.tell();
  }

  /** One at a time; what is appended while one is under way is told by the next. */
  private async tell(): Promise<void> {
    this.telling = true;
    while (this.due) {
      this.due = false;
      const told = this.client?.query(`SELECT pg_notify('${CHANNEL}', '')`).then(() => true, () => false);
      if ((await told) !== true) this.untold = true;
      await delay(HINT_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
    }
    this.telling = false;
  }

  private async stayConnected(): Promise<void> {
    for (let round = 0; !this.stopping.signal.aborted; round += 1) {
      if (await this.listen()) round = 0;
      const pause = RECONNECT_DELAYS_MS[Math.min(round, RECONNECT_DELAYS_MS.length - 1)];
      await delay(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Listens until the connection is lost; false where it never came up. */
  private async listen(): Promise<boolean> {
    const client = new pg.Client(this.config);
    const ended = new Promise<void>((resolve) => (this.lost = resolve));
    client.on('error', () => this.lost());
    client.on('end', () => this.lost());
    client.on('notification', ({ processId }) => {
      if (processId !== ownPid(client)) this.onHint();
    });
    try {
      await client.connect();
      // A NOTIFY is a transaction that would wait for the disk; a hint that a crash loses is no loss.
      await client.query('SET synchronous_commit = off');
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      await client.end().catch(() => undefined);
      return false;
    }
    this.client = client;
    // Whatever was said while we did not listen.
    this.onHint();
    if (this.untold) {
      this.untold = false;
      this.send();
    }
    if (!this.stopping.signal.aborted) await ended;
    this.client = null;
    await client.end().catch(() => undefined);
    return true;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.lost();
    await this.running;
  }
}

/** The driver keeps the server's process id of its connection, its types do not say so. */
const ownPid = (client: pg.Client): unknown => ('processID' in client ? client.processID : null);
