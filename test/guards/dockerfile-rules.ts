import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface Instruction {
  readonly name: string;
  readonly text: string;
}
interface Stage {
  readonly base: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}
interface Around {
  readonly root: string;
  /** Patterns of `.dockerignore`, a line each. */
  readonly ignored: readonly string[];
}
type Rule = (stages: readonly Stage[], around: Around) => readonly string[];

/** The stages of a Dockerfile, continued lines joined. */
export function stagesOf(text: string): readonly Stage[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    const [, base = '', as = ''] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
    if (name === 'FROM') stages.push({ base, name: as, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
}
function copiesOf({ instructions }: Stage): readonly Copy[] {
  return instructions.filter(({ name }) => name === 'COPY' || name === 'ADD').map(({ text }) => {
    const words = text.split(/\s+/);
    return { from: words.find((word) => word.startsWith('--from='))?.slice('--from='.length), sources: words.filter((word) => !word.startsWith('--')).slice(0, -1) };
  });
}
const runsOf = (stage: Stage | undefined): readonly string[] => (stage?.instructions ?? []).flatMap(({ name, text }) => (name === 'RUN' ? [text] : []));
const when = (wrong: boolean, fault: string): readonly string[] => (wrong ? [fault] : []);

/** The rules by name; each has a file in `fixtures/dockerfile` on which it bites. */
export const DOCKERFILE_RULES: Readonly<Record<string, Rule>> = {
  'base-unpinned': (stages) => stages.filter(({ base }, index) => !stages.slice(0, index).some(({ name }) => name === base) && !/:\d+\.\d+\.\d+-/.test(base)).map(({ base }) => `${base} is no stage before and names no release`),
  'stage-unknown': (stages) => stages.flatMap((stage, index) => copiesOf(stage).flatMap(({ from }) => when(from !== undefined && !stages.slice(0, index).some(({ name }) => name === from), `${String(from)} is no stage before`))),
  'source-missing': (stages, { root, ignored }) =>
    stages.flatMap((stage) => copiesOf(stage).flatMap(({ from, sources }) => (from === undefined ? sources : []))).filter((source) => !existsSync(join(root, source)) || ignored.includes(source)).map((source) => `${source} is not sent to the build`),
  'runs-as-root': (stages) => {
    const user = stages.at(-1)?.instructions.findLast(({ name }) => name === 'USER')?.text;
    return when(user === undefined || /^(root|0)(:|$)/.test(user), 'what is served runs as root');
  },
  'development-packages': (stages) => {
    const last = stages.at(-1);
    const copied = last === undefined ? [] : copiesOf(last).filter(({ sources }) => sources.some((source) => source.endsWith('node_modules')));
    const clean = (name: string | undefined): boolean => runsOf(stages.find((stage) => stage.name === name)).filter((run) => /npm (ci|install)/.test(run)).every((run) => run.includes('--omit=dev'));
    return [...copied.filter(({ from }) => !clean(from)).map(({ from }) => `${String(from)} holds what only builds and tests`), ...runsOf(last).filter((run) => /npm (ci|install)/.test(run)).map((run) => `${run} installs where it is served`)];
  },
  'npm-at-run-time': (stages) => {
    const last = stages.at(-1);
    const command = last?.instructions.findLast(({ name }) => name === 'CMD')?.text ?? '';
    return [...when(!command.startsWith('["node"'), 'what is started is not node itself, so signals do not reach it'), ...when(!runsOf(last).some((run) => /^rm .*\/lib\/node_modules/.test(run)), 'npm is left where it is served')];
  },
};
