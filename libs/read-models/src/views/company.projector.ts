import { evolveCompany, initialCompany, type CompanyState, type KnownCompany } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** The company (`domain.md`, Company): the log, units, calendar, roles, seats and registrations. The edge hides identities. */
export type CompanyDocument = KnownCompany & DocumentOrigin;

/** One document, of the stream `company`. */
export const companyView = defineView<CompanyDocument>()({
  name: 'company',
  version: 2,
  root: 'company',
  categories: { company: rooted<CompanyState>({ initial: initialCompany, evolve: evolveCompany }) },
  compute: ({ key, root: { state, position }, states }) => (state.status === 'ABSENT' ? null : { ...state, revision: states.revision(key), position }),
  columns: {
    status: { type: 'text', of: (doc) => doc.status },
  },
});
