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

interface Line extends Readonly<Record<string, unknown>> {
  readonly level: number;
  readonly time: string;
  readonly msg?: string;
}

/** The same lines for people at a terminal: time, level, message, then the rest as name=value. */
export function readableLines(write: (text: string) => void): DestinationStream {
  return {
    write: (json) => {
      // A line that pino made of our own options.
      const { level, time, msg = '', ...rest } = JSON.parse(json) as Line;
      const fields = Object.entries(rest).map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      write(`${time.slice(11, 23)} ${(pino.levels.labels[level] ?? String(level)).toUpperCase().padEnd(5)} ${msg}${fields.join('')}\n`);
    },
  };
}

/** Nest's own messages in the same log. */
export function nestLogger(logger: Logger): LoggerService {
  const write = (level: 'info' | 'error' | 'warn' | 'debug' | 'trace') => (message: unknown, ...rest: readonly unknown[]) => {
    const scope = rest.at(-1);
    logger[level](typeof scope === 'string' ? { scope } : {}, typeof message === 'string' ? message : 'message of no text');
  };
  return { log: write('debug'), error: write('error'), warn: write('warn'), debug: write('debug'), verbose: write('trace'), fatal: write('error') };
}
