// Every export of a lib says what it promises. Exports that follow one another without a blank line share the docstring
// that heads them: overloads, a schema and its type, a pair of opposites.
export default {
  meta: { type: 'suggestion', schema: [], messages: { missing: 'An export of a lib has a docstring: what it promises, units, what it rejects, the section it comes from.' } },
  create(context) {
    const documented = (node) => context.sourceCode.getCommentsBefore(node.declaration?.decorators?.[0] ?? node).some(({ type, value }) => type === 'Block' && value.startsWith('*'));
    return {
      ExportNamedDeclaration(node) {
        if (!node.declaration) return;
        let head = node;
        while (!documented(head) && neighbourAbove(head)) head = neighbourAbove(head);
        if (!documented(head)) context.report({ loc: startOf(node), messageId: 'missing' });
      },
    };
  },
};

function neighbourAbove(node) {
  const siblings = node.parent.body;
  const previous = siblings[siblings.indexOf(node) - 1];
  return previous?.type === 'ExportNamedDeclaration' && previous.loc.end.line === node.loc.start.line - 1 ? previous : undefined;
}

const startOf = ({ loc: { start } }) => ({ start, end: { line: start.line, column: start.column + 'export'.length } });
