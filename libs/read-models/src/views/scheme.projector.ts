import { evolveScheme, initialScheme, type SchemeState } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** A scheme with every published version and the one on its way (`domain.md`, Schemes). */
export type SchemeDocument = Exclude<SchemeState, { readonly status: 'ABSENT' }> & DocumentOrigin;

/** Schemes; `levels` and `roles` are those of all published versions. */
export const schemeView = defineView<SchemeDocument>()({
  name: 'scheme',
  version: 1,
  root: 'scheme',
  categories: { scheme: rooted<SchemeState>({ initial: initialScheme, evolve: evolveScheme }) },
  compute({ key, root: { state, position }, states, effectiveOn }) {
    if (state.status === 'ABSENT') return null;
    const versions = state.versions.filter(({ effectiveFrom }) => effectiveOn === null || effectiveFrom <= effectiveOn);
    return { ...state, versions, revision: states.revision(key), position };
  },
  columns: {
    status: { type: 'text', of: (doc) => doc.status },
    levels: { type: 'text[]', of: (doc) => [...new Set(doc.versions.map(({ content }) => content.level))] },
    roles: { type: 'text[]', of: (doc) => [...new Set(doc.versions.flatMap(({ content }) => content.roles))] },
    nameEn: { type: 'text', of: (doc) => doc.names.en },
  },
  indexes: [['nameEn']],
});
