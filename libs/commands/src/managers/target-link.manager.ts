import { unitOfOwner, type AppraisalState, type KnownAppraisal, type KnownTarget, type Recorded } from '@assay/domain';
import { appraisalFold, cycleFold, targetFold } from '../folds.js';
import type { ProcessManager, Reaction, SystemCommand } from '../process.js';

/**
 * Takes up a target that is set after an appraisal opened, and drops one that is withdrawn, until the cut-off
 * (`domain.md`, Appraisals). What the target is now decides: an event that something later has overtaken does nothing.
 */
export const targetLinkManager: ProcessManager = {
  name: 'target-links',
  types: ['TargetSet', 'TargetWithdrawn'],
  react: async (events, at) => {
    const commands = await Promise.all(events.map((event) => commandsOf(event, at)));
    return commands.flat();
  },
};

async function commandsOf(cause: Recorded, at: Reaction): Promise<readonly SystemCommand[]> {
  const target = await at.reader.state(targetFold, cause.stream);
  if (target.status === 'ABSENT' || unitOfOwner(target.owner) !== null) return [];
  const cycle = await at.reader.state(cycleFold, target.cycle);
  if (cycle.status !== 'OPEN') return [];
  const ids = await at.finder.appraisalsOf({ personId: target.owner, cycle: target.cycle }, at.reader.position);
  const appraisals = await Promise.all(ids.map((id): Promise<AppraisalState> => at.reader.state(appraisalFold, `appraisal-${id}`)));
  return appraisals.flatMap((appraisal) => (appraisal.status === 'ABSENT' || appraisal.revisions.length > 0 ? [] : linkOf({ appraisal, target, cause })));
}

function linkOf({ appraisal, target, cause }: { readonly appraisal: KnownAppraisal; readonly target: KnownTarget; readonly cause: Recorded }): readonly SystemCommand[] {
  const { targetId, metric } = target;
  const shared = { aggregate: 'appraisal', id: appraisal.appraisalId, cause, key: targetId, part: appraisal.appraisalId };
  const held = appraisal.indicators.filter((indicator) => indicator.metric === metric);
  const fits = target.role === appraisal.role && target.unit === appraisal.unit;
  if (target.status === 'LIVE' && fits && held.some((indicator) => indicator.targetId !== targetId)) return [{ ...shared, type: 'LinkTarget', data: { metric, targetId } }];
  if (target.status === 'WITHDRAWN' && held.some((indicator) => indicator.targetId === targetId)) return [{ ...shared, type: 'UnlinkTarget', data: { targetId } }];
  return [];
}
