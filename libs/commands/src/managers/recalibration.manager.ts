import { recalibrationOf, type CycleEvent, type CycleState, type Recalibration, type Recorded } from '@assay/domain';
import { cycleFold } from '../folds.js';
import type { ProcessManager, SystemCommand } from '../process.js';

/**
 * Applies approved recalibrations (`domain.md`, Cycles and recalibrations): to each target named exactly once, then the
 * cycle notes that all have it. The approval decided; nothing here can be refused any more.
 */
export const recalibrationManager: ProcessManager = {
  name: 'recalibrations',
  types: ['RecalibrationApproved'],
  react: async (events, { reader }) => {
    const commands = await Promise.all(
      events.map(async (event) => {
        const cycle: CycleState = await reader.state(cycleFold, event.stream);
        const one = recalibrationOf(cycle, recalibrationNamed(event));
        return one === null ? [] : commandsOf(one, event);
      }),
    );
    return commands.flat();
  },
};

function recalibrationNamed({ data }: Recorded): string {
  // The types followed above all carry it.
  return (data as Extract<CycleEvent, { readonly type: 'RecalibrationApproved' }>['data']).recalibration;
}

function commandsOf(one: Recalibration, cause: Recorded): readonly SystemCommand[] {
  const { recalibrationId: recalibration } = one;
  const cycle = cause.stream;
  const apply = (target: string, item: object): SystemCommand => ({
    aggregate: 'target',
    type: 'ApplyRecalibration',
    id: target,
    data: { recalibration, cycle, ...item },
    cause,
    key: recalibration,
    part: target,
  });
  return [
    ...one.adjust.map((adjust) => apply(adjust.target, { adjust })),
    ...one.add.map(({ targetId, target }) => apply(targetId, { add: target })),
    ...one.withdraw.map((target) => apply(target, {})),
    { aggregate: 'cycle', type: 'CompleteRecalibration', id: cycle.slice('cycle-'.length), data: { recalibration }, cause, key: recalibration, part: recalibration },
  ];
}
