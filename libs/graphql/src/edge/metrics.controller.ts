import { Controller, Get, NotFoundException, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EdgeMetrics } from './metrics.js';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * `/metrics` for a collector on this machine. A request from elsewhere, or one that a proxy on this machine forwards
 * for somebody, finds nothing here.
 */
@Controller()
export class MetricsController {
  constructor(private readonly metrics: EdgeMetrics) {}

  @Get('metrics')
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const forwarded = 'x-forwarded-for' in request.headers || 'forwarded' in request.headers;
    if (forwarded || !LOOPBACK.test(request.socket.remoteAddress ?? '')) throw new NotFoundException();
    reply.header('content-type', this.metrics.registry.contentType).header('cache-control', 'no-store');
    return this.metrics.registry.metrics();
  }
}
