import { DateScalar, DateTimeScalar } from '@assay/graphql';

/** A place in the log as the command line names it: a position, or an instant. */
export type Place = { readonly position: string } | { readonly time: string };

/** A position in digits, or an instant with its offset as the API takes them; anything else is refused in the API's words. */
export const placeOf = (text: string): Place => (/^(0|[1-9]\d{0,14})$/.test(text) ? { position: text } : { time: DateTimeScalar.parseValue(text) });

/** A calendar day as the API takes it. */
export const dayOf = (text: string): string => DateScalar.parseValue(text);
