import type { Runtime } from '@assay/runtime';
import { Gauge, type Registry } from 'prom-client';

/** What `/metrics` tells of the log's followers: lag and parked keys of each projection, parked work and fired timers. */
export function readModelGauges({ readModels, processes }: Runtime, registry: Registry): void {
  const labelNames = ['projection'] as const;
  const lag = new Gauge({ name: 'assay_projection_lag_events', help: 'Events of the log that a projection has not taken in.', labelNames, registers: [registry] });
  const parked = new Gauge({ name: 'assay_projection_parked_keys', help: 'Keys that wait for somebody to look at them.', labelNames, registers: [registry] });
  const retries = new Gauge({ name: 'assay_projection_retries', help: 'Batches taken again after a passing error.', labelNames, registers: [registry] });
  const fired = new Gauge({ name: 'assay_timers_fired', help: 'Timers carried out by this process.', registers: [registry] });
  new Gauge({
    name: 'assay_process_position',
    help: 'Position up to which process managers have worked in this process.',
    registers: [registry],
    async collect() {
      for (const one of await readModels.metrics()) {
        const labels = { projection: `${one.name}__v${String(one.version)}` };
        lag.set(labels, one.lag);
        parked.set(labels, one.parked);
        retries.set(labels, one.retries);
      }
      fired.set(processes.metrics.timersFired);
      this.set(processes.metrics.position);
    },
  });
}
