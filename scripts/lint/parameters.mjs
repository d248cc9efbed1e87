// At most three positional parameters, then an options object; a constructor may be given four things to work with. The
// columns of a table, it.each(rows)(name, (a, b, c, d) => ...), are no parameters that anybody passes.
const MAX = 3;
const MAX_INJECTED = 4;

export default {
  meta: { type: 'suggestion', schema: [], messages: { many: '{{ count }} positional parameters; at most {{ max }}, then an options object.' } },
  create(context) {
    const check = (node) => {
      if (node.parent.type === 'CallExpression' && node.parent.callee.type === 'CallExpression') return;
      const max = node.parent.kind === 'constructor' ? MAX_INJECTED : MAX;
      const all = node.params.filter((param) => param.name !== 'this');
      const params = isOptions(all.at(-1)) ? all.slice(0, -1) : all;
      if (params.length > max) context.report({ node, messageId: 'many', data: { count: params.length, max } });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check, TSDeclareFunction: check, TSEmptyBodyFunctionExpression: check };
  },
};

// What stands behind the three: an object called so.
const isOptions = (param) => (param?.type === 'AssignmentPattern' ? param.left.name : param?.name) === 'options';
