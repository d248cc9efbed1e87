import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 50;

/** What `/health/ready` says once it answers 200. A part that a busy machine found late is looked at again; the test's own time-out is the bound. */
export async function readyAt(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    const body = await response.text();
    if (response.status === 200) return body;
    await delay(LOOK_MS);
  }
}
