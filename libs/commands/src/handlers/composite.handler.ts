import {
  assignmentsIn,
  compositeCommands,
  compositeStreamOf,
  cycleStreamOf,
  decideComposite,
  mayComposite,
  sees,
  visibleComposites,
  yearSchemeOf,
  type AppraisalState,
  type CompositeCommand,
  type CompositeEvent,
  type CompositeState,
  type CompositeWorld,
  type SchemeInForce,
} from '@assay/domain';
import { appraisalFold, compositeFold, schemeFold } from '../folds.js';
import { cycleOf, personOf, schemesOf } from '../gather.js';
import type { AggregateHandler, Gathering } from '../handler.js';

/** Commands of `composite-<personId>-<year>` (`domain.md`, Appraisals; `scoring.md` §9). */
export const compositeHandler: AggregateHandler<CompositeState, CompositeCommand, CompositeWorld, CompositeEvent> = {
  aggregate: 'composite',
  commands: compositeCommands,
  fold: compositeFold,
  stream: ({ type, id, data }) => (type === 'PublishComposite' ? compositeStreamOf(String(data.personId), String(data.year)) : `composite-${id ?? ''}`),
  world: async (command, state, gathering) => {
    const of = command.type === 'PublishComposite' ? command.data : state.status === 'ABSENT' ? null : state;
    if (of === null) return { ...gathering, yearCycle: null, scheme: null, appraisals: [], basis: [] };
    const cycle = await cycleOf(gathering, cycleStreamOf('YEAR', of.year));
    const yearCycle = cycle.status === 'ABSENT' ? null : cycle;
    const appraisals = await appraisalsOf(of.personId, gathering);
    const scheme = yearCycle === null ? null : await schemeOf({ personId: of.personId, state, appraisals, period: yearCycle.period }, gathering);
    return { ...gathering, yearCycle, scheme, appraisals, basis: await gathering.reader.basis() };
  },
  mayRead: (principal, state) => state.status === 'ABSENT' || sees(visibleComposites(principal), { subject: state.personId }),
  may: (principal, command) => mayComposite(principal, command),
  decide: decideComposite,
  subject: (event) => event.data.personId,
};

async function appraisalsOf(personId: string, { finder, reader }: Gathering): Promise<CompositeWorld['appraisals']> {
  const ids = await finder.appraisalsOf({ personId }, reader.position);
  const states = await Promise.all(ids.map((id): Promise<AppraisalState> => reader.state(appraisalFold, `appraisal-${id}`)));
  return states.filter((state) => state.status !== 'ABSENT');
}

interface SchemeQuestion extends Pick<CompositeWorld, 'appraisals'> {
  readonly personId: string;
  readonly state: CompositeState;
  readonly period: { readonly from: string; readonly to: string };
}

/** The version that pins the year; of a composite published already, the one its first revision names. */
async function schemeOf({ personId, state, appraisals, period }: SchemeQuestion, gathering: Gathering): Promise<CompositeWorld['scheme']> {
  if (state.status !== 'ABSENT') return firstScheme(state, gathering);
  const [person, schemes] = await Promise.all([personOf(gathering, personId), schemesOf(gathering)]);
  const lastRole = assignmentsIn(person, period).at(-1)?.role ?? null;
  return yearSchemeOf({ appraisals, schemes, period, lastRole });
}

async function firstScheme({ revisions }: Extract<CompositeState, { readonly status: 'PUBLISHED' }>, { reader }: Gathering): Promise<SchemeInForce | null> {
  const first = revisions[0];
  if (first === undefined) return null;
  const scheme = await reader.state(schemeFold, `scheme-${first.schemeId}`);
  const version = scheme.status === 'ABSENT' ? undefined : scheme.versions.find(({ number }) => number === first.schemeVersion);
  return version === undefined ? null : { schemeId: first.schemeId, version };
}
