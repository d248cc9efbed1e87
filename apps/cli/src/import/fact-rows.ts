import type { CommandOutcome } from '@assay/commands';
import { wasRejected } from '@assay/commands';
import { FACTS_MAX, type FactDelivered } from '@assay/domain';
import type { Deal } from './deals.js';
import type { CrmMapping } from './mapping.js';
import { chunked } from '@assay/runtime';

/** A fact that a deal makes, by its metric. */
export interface DealFact {
  readonly metric: string;
  readonly deal: Deal;
  readonly value: string;
}

/** What a closed deal comes to (`api.md`, Import of a CRM export): won, its value and a count of 1; closed, 1 or 0 for the win rate. */
export function factsOfDeal(deal: Deal, { value, count, winRate }: CrmMapping['metrics']): readonly DealFact[] {
  const rate = { metric: winRate, deal, value: deal.won ? '1' : '0' };
  return deal.won ? [{ metric: value, deal, value: deal.value }, { metric: count, deal, value: '1' }, rate] : [rate];
}

/** A fact as `RecordFacts` takes it, with where it stands in the export. */
export function delivered({ deal, value }: DealFact, { source, importId }: { readonly source: string; readonly importId: string }): FactDelivered {
  return { source, factId: deal.id, occurredOn: deal.closedOn, value, origin: { import: importId, line: deal.line, rowDigest: deal.rowSha256 } };
}

/** What became of facts of one owner and metric. */
export interface RecordedFacts {
  readonly recorded: readonly DealFact[];
  readonly refused: readonly { readonly fact: DealFact; readonly reason: string }[];
}

/**
 * Records facts of one owner and metric, at most 500 a command. A command takes all or names the refused: those are left
 * out then and the rest is issued again, so that one bad row holds up no other.
 */
export async function recordFacts(facts: readonly DealFact[], issue: (facts: readonly DealFact[], part: string) => Promise<CommandOutcome>): Promise<RecordedFacts> {
  const recorded: DealFact[] = [];
  const refused: { readonly fact: DealFact; readonly reason: string }[] = [];
  for (const [index, some] of chunked(facts, FACTS_MAX).entries()) {
    let rest = some;
    for (let round = 0; rest.length > 0; round += 1) {
      const outcome = await issue(rest, round === 0 ? String(index) : `${String(index)}/${String(round)}`);
      if (!wasRejected(outcome)) {
        recorded.push(...rest);
        break;
      }
      const { rejected, facts: named } = outcome.rejection;
      const codes = new Map(named.flatMap(({ name, value }): [number, string][] => (name.startsWith('facts[') ? [[Number(name.slice(6, -1)), value]] : [])));
      // A refusal that names no fact concerns them all.
      refused.push(...rest.flatMap((fact, at) => (codes.size === 0 || codes.has(at) ? [{ fact, reason: codes.get(at) ?? rejected }] : [])));
      rest = codes.size === 0 ? [] : rest.filter((_, at) => !codes.has(at));
    }
  }
  return { recorded, refused };
}
