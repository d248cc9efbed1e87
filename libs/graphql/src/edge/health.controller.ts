import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Drain } from './drain.js';

/** Something that must hold before requests are worth sending here. */
export interface ReadinessCheck {
  readonly name: string;
  /** Never throws, and answers within seconds. */
  check(): Promise<CheckResult>;
}
/** How a part is. It is shown to anybody, so it holds no secret, no address and nobody's name. */
export interface CheckResult {
  /** False: requests are not worth sending here. */
  readonly ok: boolean;
  /** One word, in capitals; for scripts. */
  readonly status?: string;
  readonly detail?: string;
  /** What to do about it. */
  readonly remedy?: string;
}
export const READINESS_CHECKS = Symbol('ReadinessChecks');

type Results = readonly (readonly [string, CheckResult])[];
/** How long a look that found all well is told again. */
const LOOK_KEPT_MS = 250;

/** `/health/live`: the process answers. `/health/ready`: every check holds and it is not going down, else 503. */
@Controller('health')
export class HealthController {
  private looking: Promise<Results> | undefined;

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
    const results = await this.looked();
    const ready = !this.drain.draining && results.every(([, { ok }]) => ok);
    reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: this.drain.draining ? 'draining' : ready ? 'ready' : 'not ready', checks: Object.fromEntries(results) };
  }

  /** Whoever asks while a look is under way, or just after one that found all well, shares it: a flood of probes costs a few a second. */
  private looked(): Promise<Results> {
    this.looking ??= this.look();
    return this.looking;
  }

  private async look(): Promise<Results> {
    const forget = (): void => void (this.looking = undefined);
    try {
      const results = await Promise.all(this.checks.map(async (one) => [one.name, await one.check()] as const));
      if (results.every(([, { ok }]) => ok)) setTimeout(forget, LOOK_KEPT_MS).unref();
      else forget();
      return results;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
