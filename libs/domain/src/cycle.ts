import { CYCLE_DEFAULTS } from './cycle-commands.js';
import type { CycleCommand, CycleWorld } from './cycle-commands.js';
import type { CycleEvent } from './cycle.events.js';
import { cycleStreamOf, isUndecided } from './cycle.state.js';
import type { CycleState, KnownCycle } from './cycle.state.js';
import { periodOf } from './kernel/calendar.js';
import { accept, fact, reject } from './kernel/decision.js';
import type { Decision } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { decideRecalibration } from './recalibration.js';

/**
 * Decides a cycle's commands (`domain.md`, Cycles and recalibrations). Rejects `ALREADY_EXISTS`, `CYCLE_BROKEN`,
 * `CYCLE_UNKNOWN`, `CYCLE_CLOSED`, `CUT_OFF_TOO_EARLY`, `RECALIBRATIONS_APPLYING`, `CUT_OFF_NOT_REACHED`,
 * `CYCLE_NOT_SETTLED`, and what `decideRecalibration` rejects.
 */
export function decideCycle(state: CycleState, command: CycleCommand, world: CycleWorld): Decision<CycleEvent> {
  if (command.type === 'OpenCycle') return open(state, command.data, world);
  if (state.status === 'ABSENT') return reject('CYCLE_UNKNOWN');
  switch (command.type) {
    case 'CutOffData':
      return cutOff(state, world);
    case 'CloseCycle': {
      if (state.status === 'CLOSED') return reject('CYCLE_CLOSED');
      if (state.status === 'OPEN') return reject('CUT_OFF_NOT_REACHED', fact('cutOffOn', state.cutOffOn, 'DATE'));
      if (world.unsettled > 0) return reject('CYCLE_NOT_SETTLED', fact('open', world.unsettled, 'INTEGER'));
      return accept({ type: 'CycleClosed', data: { basis: [...world.basis] } });
    }
    case 'RequestRecalibration':
    case 'GiveFeedback':
    case 'CloseFeedback':
    case 'ApproveRecalibration':
    case 'RejectRecalibration':
    case 'WithdrawRecalibration':
    case 'AssentToRecalibration':
    case 'DeclineRecalibration':
    case 'CompleteRecalibration':
      return decideRecalibration(state, command, world);
    default:
      return never(command);
  }
}

function open(
  state: CycleState,
  data: Extract<CycleCommand, { readonly type: 'OpenCycle' }>['data'],
  world: CycleWorld,
): Decision<CycleEvent> {
  if (state.status !== 'ABSENT') return reject('ALREADY_EXISTS', fact('cycle', state.cycle));
  const period = periodOf(data.level, data.code, world.businessYearFirstMonth);
  if (period === null) return reject('CYCLE_BROKEN', fact('code', data.code, 'CODE'));
  const { cutOffOn, evaluationDueOn } = data;
  if (cutOffOn <= period.to || evaluationDueOn < cutOffOn)
    return reject(
      'CYCLE_BROKEN',
      fact('periodTo', period.to, 'DATE'),
      fact('cutOffOn', cutOffOn, 'DATE'),
      fact('evaluationDueOn', evaluationDueOn, 'DATE'),
    );
  return accept({
    type: 'CycleOpened',
    data: {
      cycle: cycleStreamOf(data.level, data.code),
      level: data.level,
      code: data.code,
      period,
      cutOffOn,
      evaluationDueOn,
      filingWindowDays: data.filingWindowDays ?? CYCLE_DEFAULTS.filingWindowDays,
      graceDays: data.graceDays ?? CYCLE_DEFAULTS.graceDays,
      feedbackDays: data.feedbackDays ?? CYCLE_DEFAULTS.feedbackDays,
      recalibrationsMax: data.recalibrationsMax ?? CYCLE_DEFAULTS.recalibrationsMax,
    },
  });
}

/** The undecided are rejected on record in the same append; for what is applying it waits. */
function cutOff(state: KnownCycle, { today }: CycleWorld): Decision<CycleEvent> {
  if (state.status !== 'OPEN') return accept();
  if (today <= state.cutOffOn) return reject('CUT_OFF_TOO_EARLY', fact('cutOffOn', state.cutOffOn, 'DATE'));
  const applying = state.recalibrations.filter(({ status }) => status === 'APPLYING');
  if (applying.length > 0)
    return reject(
      'RECALIBRATIONS_APPLYING',
      ...applying.map(({ recalibrationId }) => fact('recalibration', recalibrationId, 'ID')),
    );
  const rejected = state.recalibrations.filter(isUndecided).map(({ recalibrationId }): CycleEvent => ({
    type: 'RecalibrationRejected',
    data: { recalibration: recalibrationId, by: 'CUT_OFF' },
  }));
  return accept(...rejected, { type: 'CycleDataCutOff', data: { cutOffOn: state.cutOffOn } });
}
