import { GraphqlContext, tellScore } from '@assay/graphql';
import { UsageError, type ExitCode, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand, type Help } from './define-command.js';
import { localeOf } from './locale.js';
import { dayOf, placeOf } from './moment.js';
import { demandOpened, readingPorts } from './open-log.js';
import { withRuntime } from './open-runtime.js';
import { demandReader } from './reader.js';

const HELP: Help = {
  usage: ['explain <appraisal> [--as-of <position|time>] [--effective-on <day>] [--revision <number>] [--locale en|zh-CN] [--log <name>]'],
  about: `Why a score is what it is: the derivation down to single events as an indented text tree, the same that explainScore of
the API shows. Reads as the person of ASSAY_TOKEN, and shows what they may see. What is not there and what they may not
read are answered alike, and so are figures that are hidden from them.`,
  options: {
    appraisal: 'the appraisal: its id as the API shows it, or its UUID',
    '--as-of WHEN': 'what was known then: a position of the log, or an instant such as 2026-09-30T18:00:00+08:00',
    '--effective-on DAY': 'leaves out what was not yet true at the end of that day',
    '--revision N': 'a published revision, recomputed from its basis; the score at the moment where left out',
    '--locale LOCALE': 'language of the words: en (default) or zh-CN',
    '--log NAME': 'the log; ASSAY_LOG or main where left out',
  },
  examples: ['explain 0b3f7a52-6f0e-5d0c-9d5e-0a8b7c6d5e4f', 'explain 0b3f7a52-6f0e-5d0c-9d5e-0a8b7c6d5e4f --revision 1 --locale zh-CN', 'explain 0b3f7a52-6f0e-5d0c-9d5e-0a8b7c6d5e4f --as-of 2026-09-30T18:00:00+08:00 --json'],
  exit: { 1: 'there is no such appraisal or revision, or you may not read it' },
};
const text = { type: 'string' } as const;
const NOT_FOUND = 'there is no such appraisal or revision, or you may not read it';

/** `assay explain` (`api.md`, Command line). */
export const runExplain: RunCommand = defineCommand({
  name: 'explain',
  help: HELP,
  options: { 'as-of': text, 'effective-on': text, revision: text, locale: text, log: text },
  run({ values, positionals, io }) {
    const [appraisal, ...more] = positionals;
    if (appraisal === undefined || more.length > 0) throw new UsageError('explain takes one appraisal: its id as the API shows it, or its UUID; see explain --help');
    const request = {
      appraisal,
      revision: values.revision === undefined ? null : revisionOf(values.revision),
      asOf: values['as-of'] === undefined ? null : placeOf(values['as-of']),
      effectiveOn: values['effective-on'] === undefined ? null : dayOf(values['effective-on']),
      locale: localeOf(values.locale ?? 'en'),
    };
    const config = cliConfig(values.log);
    return withRuntime({ config, io, quiet: values.quiet === true, existing: true }, async (runtime): Promise<ExitCode> => {
      await demandOpened(config, runtime);
      const { identity } = await demandReader(config, runtime.principals);
      const { ports } = await readingPorts(config, runtime);
      const context = new GraphqlContext('command-line', identity, request.locale === 'zh-CN' ? 'zh' : 'en', runtime.principals);
      const told = await tellScore(ports, request, context);
      if (told === null) {
        io.err(`assay: ${NOT_FOUND}\n`);
        return 1;
      }
      await io.out(values.json === true ? `${JSON.stringify(told.facts)}\n` : `${told.text}\n`);
      return 0;
    });
  },
});

function revisionOf(given: string): number {
  if (!/^[1-9]\d{0,6}$/.test(given)) throw new UsageError('--revision is a whole number from 1');
  return Number(given);
}
