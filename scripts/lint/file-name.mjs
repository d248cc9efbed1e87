// Names that say where a thing is: kebab-case with the role as suffix, no drawer for odds and ends, one index.ts per lib.
import path from 'node:path';

const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|mjs|cjs)$/;
const DRAWERS = new Set(['utils', 'helpers', 'common', 'types', 'constants', 'interfaces']);
const FOLDERS_BELOW_LIB_MAX = 4;

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      kebab: 'File names are kebab-case with the role as suffix, e.g. filing-window.spec.ts.',
      drawer: 'No folder called "{{ name }}": name what it holds.',
      index: 'One index.ts per lib, at its src; barrels inside make cycles.',
      deep: 'At most {{ max }} folders below a lib.',
    },
  },
  create: (context) => ({
    Program(node) {
      const parts = path.relative(context.cwd, context.filename).split(path.sep);
      const fault = faultOf(parts);
      if (fault) context.report({ loc: { line: 1, column: 0 }, node, ...fault });
    },
  }),
};

function faultOf(parts) {
  const folders = parts.slice(0, -1);
  const file = parts.at(-1);
  const drawer = folders.find((name) => DRAWERS.has(name));
  if (drawer) return { messageId: 'drawer', data: { name: drawer } };
  if (!KEBAB.test(file)) return { messageId: 'kebab' };
  if (folders[0] !== 'libs') return undefined;
  if (file === 'index.ts' && parts.length !== 4) return { messageId: 'index' };
  if (folders.length - 2 > FOLDERS_BELOW_LIB_MAX) return { messageId: 'deep', data: { max: FOLDERS_BELOW_LIB_MAX } };
  return undefined;
}
