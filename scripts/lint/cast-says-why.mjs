// `as` switches the type checker off. Only codecs need it by trade; anywhere else a comment says why it holds. A docstring
// tells what a function promises, and does not count.
export default {
  meta: { type: 'problem', schema: [], messages: { silent: 'A cast outside a codec needs a comment on its line, or right above its statement, that says why it holds.' } },
  create(context) {
    const { sourceCode } = context;
    return {
      TSAsExpression(node) {
        if (isConst(node.typeAnnotation)) return;
        const first = lineOfStatement(node);
        const explained = sourceCode.getAllComments().some(({ loc, type, value }) => {
          if (type === 'Block' && value.startsWith('*')) return false;
          return (loc.end.line >= first - 1 && loc.end.line < node.loc.end.line) || loc.start.line === node.loc.end.line;
        });
        if (!explained) context.report({ node, messageId: 'silent' });
      },
    };
  },
};

const isConst = (type) => type.type === 'TSTypeReference' && type.typeName.name === 'const';

function lineOfStatement(node) {
  let at = node;
  while (!/Statement$|Declaration$|Definition$|^Property$/.test(at.type) && at.parent) at = at.parent;
  return at.loc.start.line;
}
