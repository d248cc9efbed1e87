import { loadDemo, morningOf } from '@assay/demo';
import { LogError } from '@assay/event-log';
import type { PrincipalSource, ReadinessCheck } from '@assay/graphql';
import { loadingTarget, type Runtime } from '@assay/runtime';
import type { Logger } from 'pino';
import type { KeptPlan } from './demo-plan.js';

/** What a load says while it runs: on a terminal rewritten in place, otherwise a line each 10 s. */
export interface LoadScreen {
  readonly print: (text: string) => void;
  readonly terminal: boolean;
}

const LINE_EVERY_MS = 10_000;
const BAR_EVERY_MS = 200;

/**
 * The demo of a first start, from its first event to the views that show it whole (`api.md`, First start). Meanwhile the
 * server is live, not ready, and answers `UNAVAILABLE`.
 */
export class DemoLoad {
  private at: string | null = '0 %';
  private saidAt = 0;

  constructor(
    private readonly runtime: Runtime,
    private readonly plan: KeptPlan,
    private readonly log: Logger,
  ) {}

  /** Not ready until the demo is complete. */
  readonly check: ReadinessCheck = { name: 'demo', check: () => Promise.resolve(this.at === null ? { ok: true } : { ok: false, status: 'LOADING', detail: `loading, ${this.at}` }) };

  /** Nobody is anybody yet. */
  guarded(principals: PrincipalSource): PrincipalSource {
    return {
      find: (issuer, subject) => {
        if (this.at !== null) return Promise.reject(new LogError('Unavailable', `the demo is being loaded, ${this.at}`));
        return principals.find(issuer, subject);
      },
    };
  }

  /** Loads what is missing and resolves when the views show it; process managers and timers work from then on. */
  async run({ print, terminal }: LoadScreen, signal: AbortSignal): Promise<void> {
    const { target, show, close } = loadingTarget(this.runtime, (work) => this.log.error({ work }, 'work of a process manager is parked'));
    const progress = ({ day, share }: { readonly day: string; readonly share: number }): void => {
      this.at = `${String(Math.floor(share * 100))} %, ${day}`;
      if (Date.now() - this.saidAt < (terminal ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
      this.saidAt = Date.now();
      print(terminal ? `\r\u001b[2K  ${this.at}` : `  ${this.at}\n`);
    };
    try {
      await loadDemo(target, this.plan, { progress, signal, ...(this.plan.fixed ? { endsAt: morningOf(this.plan.today) } : {}) });
      this.at = '99 %, views';
      await show();
    } finally {
      if (terminal) print('\r\u001b[2K');
      await close();
    }
    this.runtime.start();
    this.at = null;
  }
}
