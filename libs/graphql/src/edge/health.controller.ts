import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Drain } from './drain.js';

/** Something that must hold before requests are worth sending here. */
export interface ReadinessCheck {
  readonly name: string;
  /** Never throws; `detail` is shown to anybody, so it holds no secret and no name. */
  check(): Promise<{ readonly ok: boolean; readonly detail?: string }>;
}
export const READINESS_CHECKS = Symbol('ReadinessChecks');

/** `/health/live`: the process answers. `/health/ready`: every check holds and it is not going down, else 503. */
@Controller('health')
export class HealthController {
  constructor(
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
    private readonly drain: Drain,
  ) {}

  @Get('live')
  live(): { readonly status: string } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const results = await Promise.all(this.checks.map(async (one) => [one.name, await one.check()] as const));
    const ready = !this.drain.draining && results.every(([, { ok }]) => ok);
    reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: this.drain.draining ? 'draining' : ready ? 'ready' : 'not ready', checks: Object.fromEntries(results) };
  }
}
