import type { EncodedAppend } from '../encode.js';
import { LogError } from '../errors.js';
import type { AppenderLimits } from '../postgres/appender.js';

interface Waiter {
  readonly append: EncodedAppend;
  readonly enter: () => void;
}

/**
 * How many appends are on their way to the engine at once, and how many may wait for it: past that `Overloaded`, so that
 * memory stays bounded however many come. First come, first served.
 */
export class Room {
  private readonly waiting: Waiter[] = [];
  private waitingBytes = 0;
  private events = 0;
  private bytes = 0;
  private queued = 0;

  constructor(private readonly limits: AppenderLimits) {}

  get waitingEvents(): number {
    return this.queued;
  }

  /** Resolves to what gives the room back. */
  async enter(append: EncodedAppend, until: { readonly deadline: number; readonly signal: AbortSignal | undefined; readonly closing: AbortSignal }): Promise<() => void> {
    const { queueEventsMax, queueBytesMax } = this.limits;
    if (append.bytes > queueBytesMax || append.events.length > queueEventsMax) throw overloaded(this.queued);
    if (this.waiting.length > 0 || !this.fits(append)) {
      if (this.queued + append.events.length > queueEventsMax || this.waitingBytes + append.bytes > queueBytesMax) throw overloaded(this.queued);
      await this.turn(append, until);
    } else this.count(append, 1);
    return () => {
      this.count(append, -1);
      this.admit();
    };
  }

  private fits({ events, bytes }: EncodedAppend): boolean {
    return this.events === 0 || (this.events + events.length <= this.limits.groupEventsMax && this.bytes + bytes <= this.limits.groupBytesMax);
  }

  private count({ events, bytes }: EncodedAppend, sign: 1 | -1): void {
    this.events += sign * events.length;
    this.bytes += sign * bytes;
  }

  private turn(append: EncodedAppend, { deadline, signal, closing }: { readonly deadline: number; readonly signal: AbortSignal | undefined; readonly closing: AbortSignal }): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.queued -= append.events.length;
        this.waitingBytes -= append.bytes;
        clearTimeout(timer);
        signal?.removeEventListener('abort', off);
        closing.removeEventListener('abort', closed);
      };
      const give = (error: LogError): void => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        leave();
        reject(error);
      };
      const off = (): void => give(new LogError('Aborted', 'the append was called off before it was sent'));
      const closed = (): void => give(new LogError('Unavailable', 'the log is closed in this process'));
      const timer = setTimeout(() => give(new LogError('Unavailable', 'the append could not be done before its deadline', { stream: append.stream })), deadline - Date.now());
      const waiter: Waiter = { append, enter: () => (leave(), resolve()) };
      this.waiting.push(waiter);
      this.queued += append.events.length;
      this.waitingBytes += append.bytes;
      signal?.addEventListener('abort', off, { once: true });
      closing.addEventListener('abort', closed, { once: true });
    });
  }

  private admit(): void {
    for (let next = this.waiting[0]; next !== undefined && this.fits(next.append); next = this.waiting[0]) {
      this.waiting.shift();
      this.count(next.append, 1);
      next.enter();
    }
  }
}

const overloaded = (waiting: number): LogError => new LogError('Overloaded', 'too many appends are waiting', { waiting });
