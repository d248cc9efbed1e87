import { addDays, daysInclusive } from '@assay/domain';
import { csvLine } from './csv.js';

/**
 * A year of B2B sales as a CRM would export it, made from a seed: the same seed, the same bytes. It has the blemishes
 * of real exports: open deals without close date or value, deals of agents that close nothing, product names spelt in
 * two ways. Columns and file names are those of a common export, so that one mapping reads both.
 */
export type GeneratedExport = Readonly<Record<'sales_pipeline.csv' | 'sales_teams.csv', string>>;
export interface GenerateOptions {
  readonly seed: number;
  /** Agents in all, at least 12: spread over three regions, two of which have two managers. */
  readonly agents: number;
  /** Opportunities in all, open ones included. */
  readonly deals: number;
}

const FIRST_CLOSE = '2017-03-01';
const LAST_CLOSE = '2017-12-31';
const REGIONS = [
  { unit: 'Central', managers: ['Wen Halloway', 'Ines Okafor'] },
  { unit: 'East', managers: ['Tomas Lindqvist', 'Mei Castellan'] },
  { unit: 'West', managers: ['Ruth Abernathy'] },
] as const;
const FIRST_NAMES = ['Ada', 'Bo', 'Chen', 'Dara', 'Eli', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jun', 'Kai', 'Lena'] as const;
const LAST_NAMES = ['Abe', 'Brandt', 'Cole', 'Duarte', 'Eng', 'Falk', 'Gray', 'Hsu', 'Ito', 'Jensen', 'Kerr'] as const;
const PRODUCTS = [
  { name: 'Relay 100', price: 550 },
  { name: 'Relay 200', price: 1096 },
  { name: 'Switch Pro', price: 4821 },
  { name: 'SwitchPro', price: 4821 },
  { name: 'Sensor Kit', price: 55 },
  { name: 'Gateway', price: 3393 },
] as const;
const ACCOUNTS = ['Northwind Tools', 'Cedar Labs', 'Blue Harbour', 'Kestrel Foods', 'Opal Retail', 'Summit Rail', ''] as const;

/** Every eighth agent closes nothing: a measured zero of value and count, and no win rate to speak of. */
const SILENT_EVERY = 8;

export function generateExport({ seed, agents, deals }: GenerateOptions): GeneratedExport {
  const random = generator(seed);
  const team = teamOf(agents);
  const sellers = team.filter((_, index) => index % SILENT_EVERY !== SILENT_EVERY - 1);
  const rows = Array.from({ length: deals }, (_, index) => dealRow(index, sellers, random));
  const pipeline = csvLine(['opportunity_id', 'sales_agent', 'product', 'account', 'deal_stage', 'engage_date', 'close_date', 'close_value']);
  const teams = csvLine(['sales_agent', 'manager', 'regional_office']);
  return {
    'sales_pipeline.csv': pipeline + rows.map(csvLine).join(''),
    'sales_teams.csv': teams + team.map(({ agent, manager, unit }) => csvLine([agent, manager, unit])).join(''),
  };
}

interface Seller {
  readonly agent: string;
  readonly manager: string;
  readonly unit: string;
}

function teamOf(agents: number): readonly Seller[] {
  return Array.from({ length: agents }, (_, index) => {
    const region = REGIONS[index % REGIONS.length] ?? REGIONS[0];
    const manager = region.managers[Math.floor(index / REGIONS.length) % region.managers.length] ?? region.managers[0];
    const first = FIRST_NAMES[index % FIRST_NAMES.length] ?? FIRST_NAMES[0];
    const last = LAST_NAMES[index % LAST_NAMES.length] ?? LAST_NAMES[0];
    return { agent: `${first} ${last}`, manager, unit: region.unit };
  });
}

type Random = (below: number) => number;

function dealRow(index: number, sellers: readonly Seller[], random: Random): readonly string[] {
  const seller = sellers[random(sellers.length)];
  const product = PRODUCTS[random(PRODUCTS.length)] ?? PRODUCTS[0];
  const account = ACCOUNTS[random(ACCOUNTS.length)] ?? '';
  const id = (index * 7919 + 46_656).toString(36).toUpperCase().padStart(8, '0');
  const closedOn = addDays(FIRST_CLOSE, random(daysInclusive(FIRST_CLOSE, LAST_CLOSE)));
  const engagedOn = addDays(closedOn, -5 - random(120));
  const lot = random(100);
  const opening = [id, seller?.agent ?? '', product.name, account];
  if (lot < 6) return [...opening, 'Prospecting', '', '', ''];
  if (lot < 24) return [...opening, 'Engaging', engagedOn, '', ''];
  if (lot < 52) return [...opening, 'Lost', engagedOn, closedOn, '0'];
  return [...opening, 'Won', engagedOn, closedOn, String(Math.max(1, Math.round((product.price * (80 + random(41))) / 100)))];
}

/** Mulberry32: small, seeded and good enough to spread deals; no score rests on it. */
function generator(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
