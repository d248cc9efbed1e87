import { RULES } from '@assay/domain';

/** What a code is called in both languages. */
export interface Label {
  readonly en: string;
  readonly zh: string;
}
const label = (en: string, zh: string): Label => ({ en, zh });

const RULE_LABELS: Readonly<Record<string, Label>> = Object.fromEntries(Object.entries(RULES).map(([code, { en, zh }]) => [code, { en, zh }]));

/** What a code of the API means, in words: rules from their catalogue, every word of the schema's enums from this one. */
export const labelOf = (code: string): Label | undefined => (Object.hasOwn(WORDS, code) ? WORDS[code] : Object.hasOwn(RULE_LABELS, code) ? RULE_LABELS[code] : undefined);

void label;
const WORDS: Readonly<Record<string, Label>> = {};
