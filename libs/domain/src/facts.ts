import { z } from 'zod';
import { factContent, factKey, factOrigin, factsEvents, factsOf } from './facts.events.js';
import type { FactsEvent } from './facts.events.js';
import { lifeIn } from './facts.state.js';
import type { FactLife, FactRevision, FactsState } from './facts.state.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext, Rejection } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import { unitOfOwner } from './kernel/owner.js';
import type { RuleCode } from './kernel/rules.js';
import { sha256, shape } from './kernel/schema.js';
import type { Metric } from './metric.js';
import { decimalOf } from './scoring/v1/decimal.js';

/** At most so many facts in one command. */
export const FACTS_MAX = 500;

const deliveredContent = { ...factContent, evidence: sha256.optional(), origin: factOrigin.optional() };
/** A fact as a command delivers it; without a revision it is the first. */
export const factDelivered = shape('FactDelivered', {
  ...factKey,
  ...deliveredContent,
  revision: factContent.revision.optional(),
});
export type FactDelivered = Readonly<z.infer<typeof factDelivered>>;

/** The commands of `facts-<ownerId>-<metric>` (`domain.md`, Metrics and facts). */
export const factsCommands = defineCommands({
  RecordFacts: {
    doc: 'Record up to 500 facts of one owner and metric: all of them, or the answer names the refused.',
    input: z.strictObject({ ...factsOf, facts: z.array(factDelivered).min(1).max(FACTS_MAX) }),
    creates: true,
  },
  RestateFact: {
    doc: 'Give a fact its next revision; one retracted takes part again.',
    input: z.strictObject({ ...factsOf, ...factKey, ...deliveredContent }),
    reason: 'required',
  },
  RetractFact: {
    doc: 'Take a fact out; its id stays used.',
    input: z.strictObject({ ...factsOf, ...factKey }),
    reason: 'required',
  },
  ReportPeriod: {
    doc: 'Say that the source has delivered everything for days that are over.',
    input: factsEvents.PeriodReported.data,
    creates: true,
  },
  FlagFactFoundElsewhere: {
    doc: 'Mark a fact that an earlier record counts for another owner.',
    input: z.strictObject({ ...factsOf, ...factsEvents.FactFoundElsewhere.data.shape }),
    system: true,
  },
});
export type FactsCommand = CommandOf<typeof factsCommands>;

/** What a decision on facts needs of other streams. */
export interface FactsWorld extends DecisionContext {
  /** The metric named; null where there is none. */
  readonly metric: Pick<Metric, 'accumulation' | 'direction'> | null;
  /** Whether the owner named exists, person or unit. */
  readonly ownerKnown: boolean;
  /** A person enters it, not an integration: evidence is demanded. */
  readonly byHand: boolean;
  /** Other owners for whom a fact named is recorded and not retracted, by `elsewhereKey`. */
  readonly factOwners: ReadonlyMap<string, readonly string[]>;
}

/** The key of a fact in `FactsWorld.factOwners`. */
export const elsewhereKey = (of: { readonly source: string; readonly factId: string }): string =>
  `${of.source}\u0000${of.factId}`;

/**
 * Decides a command on facts. Rejects `METRIC_UNKNOWN`, `PERSON_UNKNOWN` or `REFERENCE_UNKNOWN` (the owner),
 * `FACT_OF_UNIT`, per fact `FACT_VALUE_BROKEN`, `FACT_IN_FUTURE`, `EVIDENCE_MISSING`, `FACT_CONTRADICTS`,
 * `FACT_REVISION_STALE`, `FACT_ELSEWHERE`; then `FACT_UNKNOWN`, `NOTHING_CHANGES`, `PERIOD_NOT_OVER`,
 * `DATED_OUT_OF_ORDER`. What is there already with the same content makes no event: it is accepted once. A rejection
 * of `RecordFacts` carries the code of the first refused fact and names each: `facts[3]` with its code.
 */
export function decideFacts(state: FactsState, command: FactsCommand, world: FactsWorld): Decision<FactsEvent> {
  if (command.type === 'FlagFactFoundElsewhere') return flag(state, command.data);
  const refused = addressRefused(command.data, world);
  if (refused) return refused;
  switch (command.type) {
    case 'RecordFacts':
      return recordFacts(state, command.data, world);
    case 'RestateFact':
      return restate(state, command.data, world);
    case 'RetractFact': {
      const life = lifeIn(state, command.data);
      if (life === undefined) return reject('FACT_UNKNOWN');
      if (life.retraction !== null) return reject('NOTHING_CHANGES');
      const { source, factId } = command.data;
      return accept({ type: 'FactRetracted', data: { source, factId, revision: lastRevision(life) } });
    }
    case 'ReportPeriod':
      return report(state, command.data, world);
    default:
      return never(command);
  }
}

type Data<T extends FactsCommand['type']> = Extract<FactsCommand, { readonly type: T }>['data'];
type Content = Required<Pick<FactDelivered, 'revision'>> & Omit<FactDelivered, 'revision'>;

function addressRefused(of: { readonly owner: string; readonly metric: string }, world: FactsWorld): Rejection | null {
  if (world.metric === null) return reject('METRIC_UNKNOWN', fact('metric', of.metric, 'CODE'));
  if (world.ownerKnown) return null;
  return reject(unitOfOwner(of.owner) === null ? 'PERSON_UNKNOWN' : 'REFERENCE_UNKNOWN', fact('owner', of.owner, 'ID'));
}

function recordFacts(state: FactsState, data: Data<'RecordFacts'>, world: FactsWorld): Decision<FactsEvent> {
  const { owner, metric } = data;
  if (sumOfUnit(owner, world)) return reject('FACT_OF_UNIT', fact('owner', owner, 'ID'));
  // Looked up by key once: a stream may hold many thousand facts, and a command 500.
  const told = revisionsByFact(state);
  const delivered = new Map<string, Content>();
  const refused: { readonly index: number; readonly code: RuleCode }[] = [];
  const events: FactsEvent[] = [];
  for (const [index, one] of data.facts.entries()) {
    const content = { ...one, revision: one.revision ?? 1 };
    const key = elsewhereKey(content);
    const before = delivered.get(key);
    const judged = before === undefined ? judgeNew(told.get(key) ?? [], content, world) : again(before, content);
    if (judged === 'NEW') events.push({ type: 'FactRecorded', data: { owner, metric, ...whole(content) } });
    else if (judged !== 'KNOWN') refused.push({ index, code: judged });
    delivered.set(key, before ?? content);
  }
  const [first] = refused;
  if (first === undefined) return accept(...events);
  return reject(first.code, ...refused.map(({ index, code }) => fact(`facts[${index}]`, code, 'CODE')));
}

/** A fact that comes twice in one delivery: the same once, or a contradiction. */
const again = (before: Content, content: Content): 'KNOWN' | RuleCode =>
  before.revision === content.revision && same(before, content) ? 'KNOWN' : 'FACT_CONTRADICTS';

function judgeNew(told: readonly FactRevision[], content: Content, world: FactsWorld): 'NEW' | 'KNOWN' | RuleCode {
  const broken = contentBroken(content, world);
  if (broken !== null) return broken;
  const before = told.find(({ revision }) => revision === content.revision);
  if (before !== undefined) return same(before, content) ? 'KNOWN' : 'FACT_CONTRADICTS';
  // Another revision of a fact that is there restates it, which takes a reason.
  if (told.length > 0 || content.revision !== 1) return 'FACT_REVISION_STALE';
  return elsewhere(content, world) ? 'FACT_ELSEWHERE' : 'NEW';
}

function revisionsByFact(state: FactsState): ReadonlyMap<string, readonly FactRevision[]> {
  const told = new Map<string, readonly FactRevision[]>();
  for (const life of state.status === 'KNOWN' ? state.facts : []) {
    const key = elsewhereKey(life);
    told.set(key, [...(told.get(key) ?? []), ...life.revisions]);
  }
  return told;
}

function restate(state: FactsState, data: Data<'RestateFact'>, world: FactsWorld): Decision<FactsEvent> {
  const { owner: _owner, metric: _metric, ...content } = data;
  const life = lifeIn(state, data);
  if (life === undefined) return reject('FACT_UNKNOWN');
  const broken = contentBroken(content, world);
  if (broken !== null) return reject(broken);
  const revisions = revisionsByFact(state).get(elsewhereKey(data)) ?? [];
  const told = revisions.find(({ revision }) => revision === data.revision);
  if (told !== undefined) return same(told, content) ? accept() : reject('FACT_CONTRADICTS');
  const next = lastRevision(life) + 1;
  if (data.revision !== next) return reject('FACT_REVISION_STALE', fact('next', next, 'INTEGER'));
  if (elsewhere(data, world)) return reject('FACT_ELSEWHERE');
  return accept({ type: 'FactRestated', data: whole(content) });
}

function report(state: FactsState, data: Data<'ReportPeriod'>, { today }: FactsWorld): Decision<FactsEvent> {
  if (data.from > data.to) return reject('DATED_OUT_OF_ORDER');
  if (data.to >= today) return reject('PERIOD_NOT_OVER', fact('to', data.to, 'DATE'));
  const known =
    state.status === 'KNOWN' &&
    state.reports.some(
      ({ source, from, to, delivery }) =>
        source === data.source && from === data.from && to === data.to && delivery === data.delivery,
    );
  return known ? accept() : accept({ type: 'PeriodReported', data });
}

function flag(state: FactsState, data: Data<'FlagFactFoundElsewhere'>): Decision<FactsEvent> {
  const life = lifeIn(state, data);
  // Retracted meanwhile, or flagged already: there is nothing left to flag.
  if (life === undefined || life.retraction !== null || life.double !== null) return accept();
  const { owner: _owner, metric: _metric, ...found } = data;
  return accept({ type: 'FactFoundElsewhere', data: found });
}

function contentBroken({ value, occurredOn, evidence }: Content, world: FactsWorld): RuleCode | null {
  const yesOrNo = world.metric?.direction === 'BINARY' || world.metric?.direction === 'MILESTONES';
  if (yesOrNo && !decimalOf(value).eq(0) && !decimalOf(value).eq(1)) return 'FACT_VALUE_BROKEN';
  if (occurredOn > world.today) return 'FACT_IN_FUTURE';
  return world.byHand && evidence === undefined ? 'EVIDENCE_MISSING' : null;
}

const sumOfUnit = (owner: string, { metric }: FactsWorld): boolean =>
  unitOfOwner(owner) !== null && metric?.accumulation === 'SUM';

const elsewhere = (of: { readonly source: string; readonly factId: string }, world: FactsWorld): boolean =>
  (world.factOwners.get(elsewhereKey(of)) ?? []).length > 0;

/** The same day, value and evidence; `1` and `1.0` are one value. Line and row of an import are no content. */
const same = (
  told: { readonly occurredOn: string; readonly value: string; readonly evidence?: string | null | undefined },
  content: Content,
): boolean =>
  told.occurredOn === content.occurredOn &&
  decimalOf(told.value).eq(decimalOf(content.value)) &&
  (told.evidence ?? null) === (content.evidence ?? null);

const whole = ({ evidence, origin, ...content }: Content) => ({
  ...content,
  evidence: evidence ?? null,
  origin: origin ?? null,
});

const lastRevision = ({ revisions }: FactLife): number => revisions.at(-1)?.revision ?? 0;
