/** A map that weighs what it holds and lets go of what was used least lately once that is too much. */
export class BoundedMap<V> {
  private readonly held = new Map<string, V>();
  private weight = 0;

  constructor(
    private readonly weightMax: number,
    private readonly weightOf: (value: V) => number,
  ) {}

  get(name: string): V | undefined {
    const value = this.held.get(name);
    if (value === undefined) return undefined;
    // Last in order is the latest in use.
    this.held.delete(name);
    this.held.set(name, value);
    return value;
  }

  set(name: string, value: V): void {
    this.drop(name);
    this.held.set(name, value);
    this.weight += this.weightOf(value);
    for (const oldest of this.held.keys()) {
      if (this.weight <= this.weightMax) return;
      this.drop(oldest);
    }
  }

  /** Replaces what is held under a name; nothing where nothing is. */
  change(name: string, to: (value: V) => V): void {
    const value = this.held.get(name);
    if (value !== undefined) this.set(name, to(value));
  }

  clear(): void {
    this.held.clear();
    this.weight = 0;
  }

  private drop(name: string): void {
    const value = this.held.get(name);
    if (value === undefined) return;
    this.held.delete(name);
    this.weight -= this.weightOf(value);
  }
}
