import { evolveTemplate, initialTemplate, type TemplateEvent, type TemplateState } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** What a role is usually measured by, per level (`domain.md`, People). */
export type TemplateDocument = TemplateEvent['data'] & DocumentOrigin;

/** Role templates by role. */
export const templateView = defineView<TemplateDocument>()({
  name: 'template',
  version: 1,
  root: 'template',
  categories: { template: rooted<TemplateState>({ initial: initialTemplate, evolve: evolveTemplate }) },
  compute: ({ key, root: { state, position }, states }) => (state.status === 'ABSENT' ? null : { ...state.template, revision: states.revision(key), position }),
  columns: { role: { type: 'text', of: (doc) => doc.role } },
  indexes: [['role']],
});
