/**
 * One question that many ask at once, e.g. for the head of the log: each caller is given an answer to an asking that began
 * after theirs, so what was true when they called is in it, and however many call there are never more than two under way
 * or waiting. An error goes to all who shared the asking.
 */
export class SharedAsk<T> {
  private running: Promise<T> | null = null;
  private next: Promise<T> | null = null;

  constructor(private readonly ask: () => Promise<T>) {}

  get(): Promise<T> {
    if (this.next !== null) return this.next;
    if (this.running === null) return this.begin();
    this.next = this.running.then(ignored, ignored).then(() => {
      this.next = null;
      return this.begin();
    });
    return this.next;
  }

  private begin(): Promise<T> {
    const running = this.ask().finally(() => {
      if (this.running === running) this.running = null;
    });
    this.running = running;
    return running;
  }
}

const ignored = (): void => undefined;
