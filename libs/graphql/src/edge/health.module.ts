import { Module, type DynamicModule } from '@nestjs/common';
import { Drain } from './drain.js';
import { HealthController, READINESS_CHECKS, type ReadinessCheck } from './health.controller.js';
import { EdgeMetrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';

/** What a process tells of itself. */
export interface HealthModuleOptions {
  readonly metrics: EdgeMetrics;
  readonly checks: readonly ReadinessCheck[];
  /** Metrics are served at a port of their own, and so not here. */
  readonly metricsElsewhere?: boolean;
}

/** Health, metrics and the way down, beside GraphQL or alone: all there is to a process that serves nobody. */
@Module({})
export class HealthModule {
  static forRoot({ metrics, checks, metricsElsewhere = false }: HealthModuleOptions): DynamicModule {
    return {
      module: HealthModule,
      controllers: metricsElsewhere ? [HealthController] : [HealthController, MetricsController],
      providers: [Drain, { provide: EdgeMetrics, useValue: metrics }, { provide: READINESS_CHECKS, useValue: checks }],
      exports: [Drain],
    };
  }
}
