import type { Endpoint } from './failures.js';

/** The kinds of call that a fault can hit. An append is one append, on either path. */
export type CallKind = 'append' | 'read' | 'subscribe' | 'delete' | 'features' | 'gossip';

/** How a call fails: the statuses and trailers of a server, and for an append also the answers within the stream. */
export type Failure = 'UNAVAILABLE' | 'INTERNAL' | 'CANCELLED' | 'NOT_LEADER' | 'ACCESS_DENIED' | 'TIMEOUT' | 'UNIMPLEMENTED';

interface Extent {
  /** Appends and deletes: whether it is done before the fault strikes. Left out, nothing is. */
  readonly written?: boolean;
  /** Reads and subscriptions: how many events are sent before it strikes. Left out, not even the confirmation is. */
  readonly after?: number;
}

/** What happens to a call. */
export type Fault =
  /** The request is taken and nothing comes back. */
  | ({ readonly kind: 'HANG' } & Extent)
  /** The answer waits for `release()`; with `written: false` so does the writing, which is then a late landing. */
  | ({ readonly kind: 'LATE' } & Extent)
  | ({ readonly kind: 'FAIL'; readonly failure: Failure; readonly leader?: Endpoint } & Extent)
  /** The stream of answers ends as if all were said; on the batch path that ends the stream all appends share. */
  | ({ readonly kind: 'END' } & Extent)
  /** Every connection breaks. */
  | ({ readonly kind: 'CUT' } & Extent)
  /** Batch path: the append is answered under an id that nobody asked with. */
  | ({ readonly kind: 'UNKNOWN_CORRELATION' } & Extent)
  /** Subscriptions: every event comes twice. */
  | { readonly kind: 'DUPLICATE' };

export interface Scope {
  /** The next so many calls; one where left out. */
  readonly times?: number | 'UNTIL_CLEARED';
  /** Only calls about this stream. `$all` stands for reads and subscriptions of everything. */
  readonly stream?: string;
}

/** A fault that lies in wait, or has struck. */
export class InjectedFault {
  private count = 0;
  private left: number;
  private readonly waiting: { readonly hits: number; readonly resolve: () => void }[] = [];
  private letGo: () => void = () => undefined;
  /** Resolves with `release()`. */
  readonly released = new Promise<void>((resolve) => (this.letGo = resolve));

  constructor(
    readonly call: CallKind,
    readonly fault: Fault,
    private readonly scope: Scope,
  ) {
    const { times = 1 } = scope;
    this.left = times === 'UNTIL_CLEARED' ? Number.POSITIVE_INFINITY : times;
  }

  /** How many calls it has hit. */
  get hits(): number {
    return this.count;
  }

  /** Resolves once it has hit so many calls, so that a test knows the request has arrived. */
  async hit(hits = 1): Promise<void> {
    if (this.count >= hits) return;
    await new Promise<void>((resolve) => this.waiting.push({ hits, resolve }));
  }

  /** Lets the late answers go. */
  release(): void {
    this.letGo();
  }

  /** Hits no further call; those it has hit stay hit. */
  clear(): void {
    this.left = 0;
  }

  strikes(call: CallKind, stream: string | undefined): boolean {
    if (this.left === 0 || call !== this.call) return false;
    if (this.scope.stream !== undefined && this.scope.stream !== stream) return false;
    this.left -= 1;
    this.count += 1;
    for (const { hits, resolve } of this.waiting) if (this.count >= hits) resolve();
    return true;
  }
}

/** The faults of a server, in the order they were injected; each call meets at most one. */
export class Faults {
  private readonly injected: InjectedFault[] = [];

  inject(call: CallKind, fault: Fault, scope: Scope = {}): InjectedFault {
    const injected = new InjectedFault(call, fault, scope);
    this.injected.push(injected);
    return injected;
  }

  clear(): void {
    for (const fault of this.injected.splice(0)) fault.clear();
  }

  take(call: CallKind, stream?: string): InjectedFault | undefined {
    return this.injected.find((fault) => fault.strikes(call, stream));
  }
}
