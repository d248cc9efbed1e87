import type { Unit } from '@assay/domain';
import type { Shown } from '../reading/moment.js';
import { idOf } from '../reading/placed.js';

/** A unit with its place; units are parts of the company's document. */
export type PlacedUnit = Unit & { readonly id: string; readonly shown: Shown };

/** The unit's place in the schema: its id is of its code. */
export const unitOfDocument = (unit: Unit, shown: Shown): PlacedUnit => ({ ...unit, id: idOf({ type: 'Unit', prefix: '' }, unit.code, shown), shown });
