import { UsageError, type RunCommand } from './command.js';
import { cliConfig, processEnvironment, type CliConfig } from './config.js';
import { defineCommand } from './define-command.js';
import { examine } from './doctor/doctor.js';
import { exitCodeOf, renderFindings } from './doctor/finding.js';
import { ROOM_TO_BEGIN_BYTES } from './doctor/machine.js';
import { packageFacts } from './package-version.js';

/** `assay doctor` (`api.md`, Command line). */
export const runDoctor: RunCommand = defineCommand({
  name: 'doctor',
  help: {
    usage: ['doctor [--log <name>]'],
    about: `Looks at everything that a server of the log needs, says what is wrong, and what to do about each: Node, settings, data
folder, disk, socket, ports, database, grants, clock, the event store where there is one, the log, its keys, projections.
Nothing is changed and no secret is shown. It may run beside the server. An embedded PostgreSQL that does not run is started
to be looked into, and stopped again; that is said.`,
    options: { '--log NAME': 'the log; ASSAY_LOG or main where left out' },
    examples: ['doctor', 'doctor --log crm-2017 --json'],
    exit: { 0: 'all is well', 1: 'something needs a look', 2: 'the settings will not do', 3: 'the database or the event store cannot be reached' },
  },
  options: { log: { type: 'string' } },
  run: async ({ values, positionals, io }) => {
    if (positionals.length > 0) throw new UsageError('doctor takes no argument; see doctor --help');
    // Who listens has time to stop what was started.
    io.signal.addEventListener('abort', () => undefined, { once: true });
    const { needed } = packageFacts();
    const say = (line: string): void => (values.quiet === true ? undefined : io.err(`assay: ${line}\n`));
    const findings = await examine({
      ...{ environment: processEnvironment(), log: values.log, place: placeOf(values.log), say },
      ...{ node: { version: process.version, needed }, roomToBegin: ROOM_TO_BEGIN_BYTES, clock: Date.now, signal: io.signal },
    });
    const exit = exitCodeOf(findings);
    await io.out(values.json === true ? `${JSON.stringify({ exit, findings })}\n` : renderFindings(findings));
    return exit;
  },
});

/** Null where the settings do not say where the log is; what is wrong with them is found as part of the whole. */
function placeOf(log: string | undefined): CliConfig | null {
  try {
    return cliConfig(log);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
