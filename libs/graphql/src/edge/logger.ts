import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';

/**
 * The process's log: JSON lines of times, names, codes and figures. Nothing that a user typed goes in, neither names
 * nor queries nor variables nor tokens; what slips into a header's place is cut.
 */
export function makeLogger(level: Level | 'silent', destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: ['authorization', '*.authorization', '*.headers', 'headers'], censor: '[cut]' } };
  return destination ? pino(options, destination) : pino(options);
}

/** Nest's own messages in the same log. */
export function nestLogger(logger: Logger): LoggerService {
  const write = (level: 'info' | 'error' | 'warn' | 'debug' | 'trace') => (message: unknown, ...rest: readonly unknown[]) => {
    const scope = rest.at(-1);
    logger[level](typeof scope === 'string' ? { scope } : {}, typeof message === 'string' ? message : 'message of no text');
  };
  return { log: write('debug'), error: write('error'), warn: write('warn'), debug: write('debug'), verbose: write('trace'), fatal: write('error') };
}
