import { createInterface } from 'node:readline';
import type { Client as Socket } from 'graphql-ws';
import WebSocket from 'ws';
import type { Outcome } from './command.ts';
import { socketTo } from './live.ts';
import type { Session } from './session.ts';

/** What a frontend's code does, whatever it is made with. */
export interface Walker {
  page(first: number, after: string | null): Promise<{ readonly ids: readonly string[]; readonly next: string | null }>;
  score(id: string): Promise<{ readonly revision: number; readonly position: string; readonly agrees: boolean | null; readonly nodes: number; readonly moved: number }>;
  acknowledge(appraisal: { readonly id: string; readonly revision: number }): Promise<Outcome>;
  /** Positions of changes after one, as they are heard. */
  follow(id: string, after: string, onChange: (position: string) => void): () => void;
}

const PAGE = 2;
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/**
 * Walks through a frontend without a browser, against a served log: ASSAY_URL and ASSAY_TOKEN say where and as whom. Lists
 * the appraisals page by page, explains the first, acknowledges its result, loses its connection, is refused the second time,
 * and goes on until standard input ends; then says which changes it heard.
 */
export async function walk(walkerOf: (session: Session, socket: Socket) => Walker): Promise<void> {
  const session = { url: process.env['ASSAY_URL'] ?? 'http://localhost:3000', token: process.env['ASSAY_TOKEN'] ?? '' };
  const socket = socketTo(session, WebSocket);
  const walker = walkerOf(session, socket);
  const ids = new Set<string>();
  let pages = 0;
  for (let after: string | null = null, more = true; more; pages += 1) {
    const page = await walker.page(PAGE, after);
    for (const id of page.ids) ids.add(id);
    after = page.next;
    more = after !== null;
  }
  say({ listed: ids.size, pages });
  const [id] = ids;
  if (id === undefined) throw new Error('there is no appraisal to walk through');
  const { revision, position, ...score } = await walker.score(id);
  say(score);
  const heard: string[] = [];
  const stop = walker.follow(id, position, (change) => {
    heard.push(change);
    say({ heard: change });
  });
  const outcome = await walker.acknowledge({ id, revision });
  say({ outcome });
  socket.terminate();
  // What a command answers is what it made; a query may still show what was before.
  const made = outcome.__typename === 'AcknowledgeResultAccepted' ? outcome.appraisal?.revision : undefined;
  say({ outcome: await walker.acknowledge({ id, revision: made ?? revision }) });
  for await (const line of createInterface({ input: process.stdin })) say({ told: line });
  stop();
  await socket.dispose();
  say({ heardAll: heard });
}

/** For an `onRejected`: says what went wrong and ends with 1. */
export function failed(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
