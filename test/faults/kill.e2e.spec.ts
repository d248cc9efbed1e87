import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Application } from '../support/application.js';
import { founding } from '../support/founding.js';
import { expectAnswered, expectApplied, expectWhole, Ledger, lookInto, type Found } from '../support/kill-audit.js';
import { generator } from '../support/random.js';
import { homeOf, killNow, removeData, serverProcesses, syncFaster } from '../support/server-processes.js';
import type { LoadWorld } from '../support/team-load.js';

const SEED = 20_171_231;
const ROUNDS = 51;
const WRITERS = 8;
/** Between two kills at most so many commands are answered. */
const ANSWERS_MAX = 18;
const AUDIT_EVERY = 17;
const KILLS = ['DATABASE', 'BOTH', 'APPLICATION'] as const;
type Kill = (typeof KILLS)[number];

/** The application under load, the next one that stands by, and the database both use. */
class Installation {
  readonly ledger = new Ledger(WRITERS);
  private heard = 0;

  private constructor(
    private readonly folder: string,
    private application: Application,
    private standby: Application,
    private readonly world: LoadWorld,
  ) {}

  static async found(folder: string): Promise<Installation> {
    const application = new Application(folder);
    await application.open();
    syncFaster(homeOf(folder));
    application.ask({ found: founding(Date.now()) });
    return new Installation(folder, application, new Application(folder), await application.told('founded'));
  }

  write(): void {
    this.application.ask({ run: { world: this.world, from: this.ledger.next } });
  }

  /** Resolves after so many more answers. */
  answers(count: number): Promise<void> {
    return this.application.answered(this.application.answers.length + count);
  }

  /** kill -9; what was killed is started again. `whole`: the server's children at the same moment, else they end when they notice. */
  async strike(kill: Kill, whole: boolean): Promise<void> {
    const [postmaster, ...children] = kill === 'APPLICATION' ? [] : serverProcesses(homeOf(this.folder));
    if (kill !== 'DATABASE') this.application.kill();
    for (const pid of [postmaster ?? [], whole ? children : []].flat()) killNow(pid);
    if (kill === 'DATABASE') return this.read();
    await this.application.dead();
    this.read();
    [this.application, this.standby, this.heard] = [this.standby, new Application(this.folder), 0];
    await this.application.open();
  }

  /** The last answered command of each writer is said again, and answered alike. */
  async repeat(): Promise<void> {
    const last = this.ledger.last();
    this.application.ask({ again: { world: this.world, commands: last.map(({ writer, n }) => ({ writer, n })) } });
    expect(await this.application.told('again')).toEqual(last.map((answer) => ({ ...answer, repeated: true })));
  }

  /** At rest: the log is whole and holds what was answered, and every view is what a fresh fold gives, byte by byte. */
  async audit(): Promise<Found> {
    this.application.ask({ pause: true });
    const head = await this.application.told('paused');
    this.read();
    const found = await lookInto(this.folder);
    expect(found.events.at(-1)?.position).toBe(head);
    expectWhole(found.events);
    expectAnswered(found.events, this.ledger, this.world);
    expectApplied(found.events);
    for (const { name, live, fresh } of found.views) expect({ name, ...live }).toEqual({ name, ...fresh });
    return found;
  }

  end(): Promise<void> {
    return this.application.end();
  }

  /** Leaves no process behind, whatever went wrong. */
  async clear(): Promise<void> {
    for (const one of [this.application, this.standby]) {
      one.kill();
      await one.dead();
    }
    for (const pid of serverProcesses(homeOf(this.folder))) killNow(pid);
  }

  private read(): void {
    for (const answer of this.application.answers.slice(this.heard)) this.ledger.take(answer);
    this.heard = this.application.answers.length;
  }
}

describe('application and database under kill -9', () => {
  let folder: string;
  let installation: Installation;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-kill-'));
    installation = await Installation.found(folder);
  }, 240_000);
  afterAll(async () => {
    await installation.clear();
    await removeData(folder);
  }, 240_000);

  it(`lose no answered command, do none twice and leave no view astray (seed ${SEED}, ${ROUNDS} rounds)`, async () => {
    const pick = generator(SEED);
    installation.write();
    for (let round = 0; round < ROUNDS; round += 1) {
      const kill = KILLS[round % KILLS.length] ?? 'BOTH';
      await installation.answers(1 + pick(ANSWERS_MAX));
      await installation.strike(kill, pick(2) === 0);
      await installation.repeat();
      const isAudited = (round + 1) % AUDIT_EVERY === 0 && round + 1 < ROUNDS;
      // What was done when its asker was killed was answered to nobody: it is asked again before anything is counted.
      if (kill !== 'DATABASE') installation.write();
      if (!isAudited) continue;
      await installation.audit();
      installation.write();
    }
    const { events, views } = await installation.audit();
    await installation.end();
    const rows = views.map(({ name, live }) => `${live.rows.length} ${name}`).join(', ');
    const { answers, foundDone } = installation.ledger;
    process.stdout.write(`seed ${SEED}: ${ROUNDS} kills, ${answers.size} commands answered (${foundDone} done before their answer was lost), ${events.length} events; rows: ${rows}\n`);
    expect(answers.size).toBeGreaterThan(ROUNDS * WRITERS);
  }, 1_200_000);
});
