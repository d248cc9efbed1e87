import { companyFold, derivedId, importFold, wasRejected, type CommandOutcome } from '@assay/commands';
import { canonicalText, importKey, integrationPrincipal, uuidV5, type CompanyState, type Principal } from '@assay/domain';
import { UsageError } from '../command.js';
import type { ImportInput } from './input.js';
import { changeFacts } from './live-facts.js';
import { reportPeriods } from './live-reports.js';
import type { LiveCommand, LiveImport, LiveOptions } from './live-import.js';
import { setTargets } from './live-targets.js';
import { Tally, type ImportReport } from './report.js';
import type { LoadTarget } from '@assay/runtime';

/**
 * Imports an export into a log as it is today (`api.md`, Import of a CRM export): facts are recorded, restated where a
 * row has changed, retracted where it is won no longer or belongs to somebody else; nobody is created. Read again, the
 * same file makes no event. Throws `UsageError` where the log has no integration for the mapping's source.
 */
export async function importLive(target: LoadTarget, input: ImportInput, options: LiveOptions): Promise<ImportReport> {
  const { mapping } = input;
  const importId = derivedId(target.logId, importKey({ source: mapping.source, files: [...input.files] }));
  const company = await (await target.executor.reader()).state(companyFold, 'company');
  const integration = integrationFor(input, company);
  const tally = new Tally();
  const issue = ({ key, by, ...command }: LiveCommand): Promise<CommandOutcome> =>
    target.executor.execute({ ...command, issuer: by, commandId: uuidV5(importId, canonicalText([key, command.data])) });
  const live: LiveImport = { target, input, importId, tally, integration, options, issue };
  await refusedIsDefect(issue({ key: 'start', by: integration, aggregate: 'import', type: 'StartImport', data: { source: mapping.source, files: [...input.files] } }));
  const owners = await changeFacts(live);
  await setTargets(live, owners);
  await reportPeriods(live, owners);
  await finish(live);
  return { importId, counts: { ...tally.counts }, results: null, refusals: tally.refusals, refusedSteps: tally.refusedSteps, hindsight: input.targets.hindsight, dryRun: options.dryRun };
}

/** The registered integration that may deliver the source and all three metrics. */
function integrationFor({ mapping }: ImportInput, company: CompanyState): Principal {
  if (company.status === 'ABSENT') throw new UsageError('this log is not open yet; open it with "open --log <name> …", or replay into a new one with --replay');
  const metrics = Object.values(mapping.metrics);
  const found = company.integrations.find((one) => one.sources.includes(mapping.source) && metrics.every((metric) => one.metrics.includes(metric)));
  if (found === undefined)
    throw new UsageError(`no integration of this log delivers ${mapping.source} with ${metrics.join(', ')}; an administrator registers one with the mutation registerIntegration`);
  return integrationPrincipal(found);
}

/** A run that found nothing to do after the first leaves no trace. */
async function finish({ target, importId, tally, integration, issue }: LiveImport): Promise<void> {
  const { recorded, restated, retracted, reports, targets } = tally.counts;
  const state = await (await target.executor.reader()).state(importFold, `import-${importId}`);
  if (state.status === 'FINISHED' && recorded + restated + retracted + reports + targets === 0) return;
  await refusedIsDefect(issue({ key: 'finish', by: integration, aggregate: 'import', type: 'FinishImport', id: importId, data: { counts: { ...tally.counts } } }));
}

async function refusedIsDefect(issued: Promise<CommandOutcome>): Promise<void> {
  const outcome = await issued;
  if (wasRejected(outcome)) throw new Error(`the import itself is refused: ${outcome.rejection.rejected}`);
}
