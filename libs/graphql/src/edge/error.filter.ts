import { isNativeError } from 'node:util/types';
import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, type HttpAdapterHost } from '@nestjs/core';

/**
 * Hands what resolvers throw on to the driver, which maps it; Nest's own filter would write each of them into the log,
 * refusals included. Requests beside GraphQL keep Nest's answers.
 */
@Catch()
export class EdgeExceptionFilter extends BaseExceptionFilter {
  constructor(host: HttpAdapterHost) {
    super(host.httpAdapter);
  }

  override catch(thrown: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() !== 'graphql') return super.catch(thrown, host);
    return isNativeError(thrown) ? thrown : new Error('a resolver threw what is no error');
  }
}
