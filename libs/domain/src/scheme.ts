import { z } from 'zod';
import { accept, defineCommands, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext } from './kernel/decision.js';
import type { Level } from './kernel/calendar.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import { day, names, text, type Day } from './kernel/schema.js';
import { assent, ballotInput, canBeAssented, decline, proposalOf, withBallot } from './assent.js';
import type { Committee, Proposal } from './assent.js';
import { settleContent, type SchemeMetric } from './scheme-content.js';
import { schemeProposal, type SchemeContent, type SchemeEvent } from './scheme.events.js';

/** The commands of `scheme-<id>` (`domain.md`, Schemes). */
export const schemeCommands = defineCommands({
  DraftScheme: { doc: 'Begin a scheme.', input: z.strictObject({ names }), creates: true },
  ProposeSchemeVersion: {
    doc: 'Lay the content of the next version before the committee.',
    input: z.strictObject({ content: schemeProposal, note: text(1000).optional() }),
  },
  AssentToSchemeVersion: {
    doc: 'A seat assents to the proposed version; the second seat approves it.',
    input: ballotInput,
  },
  DeclineSchemeVersion: { doc: 'A seat declines the proposed version.', input: ballotInput },
  PublishSchemeVersion: {
    doc: 'Publish the approved version, effective from today or later.',
    input: z.strictObject({ effectiveFrom: day }),
  },
  RetireScheme: {
    doc: 'Let the scheme pin nothing from a day on, today or later.',
    input: z.strictObject({ from: day }),
  },
});
export type SchemeCommand = CommandOf<typeof schemeCommands>;

/** A version on its way: undecided (or declined), or approved and not yet published. */
export interface PendingVersion {
  readonly proposal: Proposal;
  readonly content: SchemeContent;
  readonly approved: boolean;
}
/** A published version; it never changes. */
export interface SchemeVersion {
  /** From 1. */
  readonly number: number;
  readonly effectiveFrom: Day;
  readonly content: SchemeContent;
  /** Event that published it. */
  readonly eventId: string;
}
interface SchemeBody {
  readonly schemeId: string;
  readonly names: { readonly en: string; readonly zh: string };
  readonly pending: PendingVersion | null;
  readonly versions: readonly SchemeVersion[];
}
/** `LIVE` from the draft; `RETIRED` once a day is named from which it pins nothing. */
export type SchemeState =
  | { readonly status: 'ABSENT' }
  | ({ readonly status: 'LIVE' } & SchemeBody)
  | ({ readonly status: 'RETIRED'; readonly retiredFrom: Day } & SchemeBody);
/** Before the draft. */
export const initialScheme: SchemeState = { status: 'ABSENT' };

/** What a decision on a scheme needs of other streams. */
export interface SchemeWorld extends DecisionContext {
  readonly committee: Committee;
  /** Metrics that exist, by code; needed for the codes the proposal names. */
  readonly metrics: Readonly<Record<string, SchemeMetric>>;
  /** Every scheme of the log; this one may be among them. */
  readonly schemes: readonly SchemeState[];
}

/** The fold of `scheme-<id>`. */
export function evolveScheme(state: SchemeState, event: RecordedOf<SchemeEvent>): SchemeState {
  if (event.type === 'SchemeDrafted')
    return { status: 'LIVE', schemeId: event.data.schemeId, names: event.data.names, pending: null, versions: [] };
  assert(state.status !== 'ABSENT', 'a scheme begins with SchemeDrafted', { event: event.type });
  switch (event.type) {
    case 'SchemeVersionProposed':
      return { ...state, pending: { proposal: proposalOf(event), content: event.data.content, approved: false } };
    case 'CommitteeAssented':
    case 'CommitteeDeclined':
      return {
        ...state,
        pending: state.pending && { ...state.pending, proposal: withBallot(state.pending.proposal, event) },
      };
    case 'SchemeVersionApproved':
      return { ...state, pending: state.pending && { ...state.pending, approved: true } };
    case 'SchemeVersionPublished': {
      const { number, effectiveFrom } = event.data;
      assert(state.pending !== null, 'what is published was proposed', { number });
      const version = { number, effectiveFrom, content: state.pending.content, eventId: event.id };
      return { ...state, pending: null, versions: [...state.versions, version] };
    }
    case 'SchemeRetired':
      return { ...state, status: 'RETIRED', retiredFrom: event.data.from };
    default:
      return never(event);
  }
}

/**
 * Decides a command on a scheme. Rejects, besides the rules of the content (`settleContent`): `ALREADY_EXISTS`,
 * `NOT_THERE`, `SCHEME_RETIRED`, `PROPOSAL_OPEN`, `SEATS_INCOMPLETE`, the rules of `assent`, `NOT_APPROVED`,
 * `VERSION_RETROACTIVE`, `SCHEME_AMBIGUOUS`.
 */
export function decideScheme(state: SchemeState, command: SchemeCommand, world: SchemeWorld): Decision<SchemeEvent> {
  if (command.type === 'DraftScheme')
    return state.status === 'ABSENT'
      ? accept({ type: 'SchemeDrafted', data: { schemeId: world.newId, names: command.data.names } })
      : reject('ALREADY_EXISTS');
  if (state.status === 'ABSENT') return reject('NOT_THERE');
  if (state.status === 'RETIRED') return reject('SCHEME_RETIRED');
  switch (command.type) {
    case 'ProposeSchemeVersion':
      return propose(state, command.data, world);
    case 'AssentToSchemeVersion':
    case 'DeclineSchemeVersion':
      return ballot(state, command, world);
    case 'PublishSchemeVersion':
      return publish(state, command.data.effectiveFrom, world);
    case 'RetireScheme':
      return command.data.from < world.today
        ? reject('VERSION_RETROACTIVE')
        : accept({ type: 'SchemeRetired', data: { from: command.data.from } });
    default:
      return never(command);
  }
}

type Live = Extract<SchemeState, { readonly status: 'LIVE' }>;
type Data<T extends SchemeCommand['type']> = Extract<SchemeCommand, { readonly type: T }>['data'];

function propose(
  { pending }: Live,
  { content, note }: Data<'ProposeSchemeVersion'>,
  world: SchemeWorld,
): Decision<SchemeEvent> {
  // An approved version that nobody publishes is replaced; an undecided one is not, its ballots would be lost.
  if (pending !== null && !pending.approved && !pending.proposal.declined) return reject('PROPOSAL_OPEN');
  const settled = settleContent(content, world.metrics);
  if ('rejected' in settled) return settled;
  if (!canBeAssented(world.committee, [world.actor])) return reject('SEATS_INCOMPLETE');
  return accept({ type: 'SchemeVersionProposed', data: { content: settled, note: note ?? null } });
}

function ballot(
  state: Live,
  command: Extract<SchemeCommand, { readonly type: 'AssentToSchemeVersion' | 'DeclineSchemeVersion' }>,
  world: SchemeWorld,
): Decision<SchemeEvent> {
  const open = state.pending === null || state.pending.approved ? null : state.pending.proposal;
  const judge = command.type === 'AssentToSchemeVersion' ? assent : decline;
  const cast = judge(open, command.data, { actor: world.actor, committee: world.committee, excluded: [] });
  if ('rejected' in cast) return cast;
  const { proposalEventId, proposalDigest } = command.data;
  return cast.outcome === 'ASSENTED'
    ? accept<SchemeEvent>(cast.event, {
        type: 'SchemeVersionApproved',
        data: { proposalEventId, digest: proposalDigest },
      })
    : accept<SchemeEvent>(cast.event);
}

function publish(state: Live, effectiveFrom: Day, world: SchemeWorld): Decision<SchemeEvent> {
  const { pending, versions, schemeId } = state;
  if (pending === null || !pending.approved) return reject('NOT_APPROVED');
  if (effectiveFrom < world.today) return reject('VERSION_RETROACTIVE');
  const number = versions.length + 1;
  const version = { number, effectiveFrom, content: pending.content, eventId: world.newId };
  const others = world.schemes.filter((scheme) => scheme.status !== 'ABSENT' && scheme.schemeId !== schemeId);
  if (clashes({ ...state, versions: [...versions, version] }, others, effectiveFrom)) return reject('SCHEME_AMBIGUOUS');
  return accept({
    type: 'SchemeVersionPublished',
    data: { proposalEventId: pending.proposal.eventId, number, effectiveFrom },
  });
}

/** What a scheme says changes on these days only, so a clash that ever comes shows on one of them. */
function clashes(scheme: SchemeState, others: readonly SchemeState[], from: Day): boolean {
  const turns = others.flatMap((other) =>
    other.status === 'ABSENT' ? [] : other.versions.map((one) => one.effectiveFrom),
  );
  const days = [from, ...turns.filter((turn) => turn > from)];
  return days.some((on) => {
    const own = versionOn(scheme, on);
    return own?.content.roles.some((role) =>
      others.some((other) => applies(versionOn(other, on), role, own.content.level)),
    );
  });
}

/** A version that applies, with the scheme it is of. */
export interface SchemeInForce {
  readonly schemeId: string;
  readonly version: SchemeVersion;
}
/** The version of one scheme in force on a day: the last published whose day has come; null before, and once retired. */
export function versionOn(scheme: SchemeState, on: Day): SchemeVersion | null {
  if (scheme.status === 'ABSENT' || (scheme.status === 'RETIRED' && scheme.retiredFrom <= on)) return null;
  return scheme.versions.findLast(({ effectiveFrom }) => effectiveFrom <= on) ?? null;
}

/**
 * What an appraisal of the role and level pins on a day (`domain.md`, Schemes). `AMBIGUOUS`: two publications passed
 * each other; nothing is pinned until one is retired or superseded. Null: none.
 */
export function schemeInForce(
  schemes: readonly SchemeState[],
  role: string,
  { level, on }: { readonly level: Level; readonly on: Day },
): SchemeInForce | 'AMBIGUOUS' | null {
  const found = schemes.flatMap((scheme) => {
    const version = versionOn(scheme, on);
    return scheme.status !== 'ABSENT' && version !== null && applies(version, role, level)
      ? [{ schemeId: scheme.schemeId, version }]
      : [];
  });
  return found.length > 1 ? 'AMBIGUOUS' : (found[0] ?? null);
}

const applies = (version: SchemeVersion | null, role: string, level: Level): boolean =>
  version !== null && version.content.level === level && version.content.roles.includes(role);
