import { wasRejected, type CommandMessage, type CommandOutcome } from '@assay/commands';
import type { RuntimeObserver } from '@assay/runtime';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { FIGURES, type Figure, type ServiceFigures } from './service-figures.js';

/** What carries out commands: the executor, or what counts around it. */
interface Executing {
  execute(message: CommandMessage): Promise<CommandOutcome>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/**
 * What `/metrics` tells of the log and of what follows it, beside the edge's own. Names and codes of ours are the only
 * labels, so that their number is bounded and nobody is named.
 */
export class ServiceMetrics implements RuntimeObserver {
  private readonly appends: Counter<'outcome'>;
  private readonly appendEvents: Counter;
  private readonly appendSeconds: Histogram;
  private readonly groups: Histogram;
  private readonly commands: Counter<'command' | 'outcome'>;
  private readonly fired: Counter;
  private readonly late: Histogram;
  /** What is asked at each scrape; set once the log is open. */
  private ask: (() => Promise<ServiceFigures>) | null = null;
  private asking: Promise<ServiceFigures | null> | null = null;

  constructor(registry: Registry) {
    const registers = [registry];
    this.appends = new Counter({ name: 'assay_appends_total', help: 'Appends by outcome: OK, or the code of the log (RevisionConflict, Overloaded, OutcomeUnknown, ClockBehind and the like).', labelNames: ['outcome'] as const, registers });
    this.appendEvents = new Counter({ name: 'assay_append_events_total', help: 'Events appended.', registers });
    this.appendSeconds = new Histogram({ name: 'assay_append_seconds', help: 'Seconds from an append to its answer, waiting in the queue included.', buckets: SECONDS, registers });
    this.groups = new Histogram({ name: 'assay_append_group_appends', help: 'Appends that went to the database together in one call.', buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], registers });
    this.commands = new Counter({ name: 'assay_commands_total', help: 'Commands of users by outcome: ACCEPTED, REPEATED, REJECTED by a rule, or the code of an error.', labelNames: ['command', 'outcome'] as const, registers });
    this.fired = new Counter({ name: 'assay_timers_fired_total', help: 'Timers carried out by this process.', registers });
    this.late = new Histogram({ name: 'assay_timer_late_seconds', help: 'Seconds between the instant a timer was due and the round in which this process fired it.', buckets: [0.1, 1, 5, 30, 60, 300, 3600, 86_400], registers });
    for (const figure of FIGURES) this.follow(figure, registry);
  }

  appended(outcome: string, { events, ms }: { readonly events: number; readonly ms: number }): void {
    this.appends.inc({ outcome });
    this.appendSeconds.observe(ms / 1000);
    if (outcome === 'OK') this.appendEvents.inc(events);
  }

  grouped(appends: number): void {
    this.groups.observe(appends);
  }

  timerFired(lateMs: number): void {
    this.fired.inc();
    this.late.observe(lateMs / 1000);
  }

  /** From here on each scrape asks for the figures, once for all metrics. */
  followOf(ask: () => Promise<ServiceFigures>): void {
    this.ask = ask;
  }

  /** Counts what an executor is given and what it comes to. */
  counted(executor: Executing): Executing {
    return {
      execute: async (message) => {
        const command = `${message.aggregate}.${message.type}`;
        try {
          const outcome = await executor.execute(message);
          this.commands.inc({ command, outcome: wasRejected(outcome) ? 'REJECTED' : outcome.accepted.repeated ? 'REPEATED' : 'ACCEPTED' });
          return outcome;
        } catch (error) {
          this.commands.inc({ command, outcome: codeOf(error) });
          throw error;
        }
      },
    };
  }

  private follow({ name, help, labelNames = [], counts = false, read }: Figure, registry: Registry): void {
    const collect = async (): Promise<void> => {
      const figures = await this.figures();
      const values = read(figures);
      metric.reset();
      // Without labels a metric that is reset says 0, which is not what is meant where nothing is known.
      if (values.length === 0 && labelNames.length === 0) metric.remove();
      for (const { labels = {}, value } of values) metric.inc(labels, value);
    };
    const options = { name, help, labelNames: [...labelNames], registers: [registry], collect };
    const metric = counts ? new Counter(options) : new Gauge(options);
  }

  /** One look for all metrics of a scrape; null where the log does not answer. */
  private figures(): Promise<ServiceFigures | null> {
    this.asking ??= (this.ask?.() ?? Promise.resolve(null))
      .catch(() => null)
      .finally(() => {
        this.asking = null;
      });
    return this.asking;
  }
}

const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL');
