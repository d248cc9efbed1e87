import pg from 'pg';
import { fateOf, toLogError } from './driver-errors.js';

const AS_TEXT = { getTypeParser: () => (value: string) => value };

/** A statement that reads, by the name under which a connection keeps it prepared. */
export interface Question {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A few connections that statements are read over. Each statement stands alone; one lost connection is answered by a second attempt. */
export class Asking {
  private readonly pool: pg.Pool;

  constructor(config: pg.ClientConfig, connections: number) {
    this.pool = new pg.Pool({ ...config, max: connections });
    // An idle connection that breaks leaves the pool by itself.
    this.pool.on('error', () => undefined);
  }

  /** The rows, every value as PostgreSQL writes it. Throws as the log does. */
  async rows({ name, text, values }: Question): Promise<readonly (readonly string[])[]> {
    const query = { name, text, values: [...values], rowMode: 'array' as const, types: AS_TEXT };
    try {
      return (await this.pool.query<string[]>(query)).rows;
    } catch (error) {
      if (fateOf(error) !== 'LOST' || this.pool.ending) throw toLogError(error, 'read');
    }
    try {
      return (await this.pool.query<string[]>(query)).rows;
    } catch (error) {
      throw toLogError(error, 'read');
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
