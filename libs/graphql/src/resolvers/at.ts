import type { GraphqlContext } from '../edge/context.js';
import type { At } from '../reading/documents.js';
import type { Shown } from '../reading/moment.js';

/** Where a nested field is resolved: at its parent's moment, for whoever asks. */
export const atOf = (parent: { readonly shown: Shown }, context: GraphqlContext): At => ({ context, shown: parent.shown });
