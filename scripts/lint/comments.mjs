// Comments say why. What they may not be: a reminder nobody is bound to, dead code, a banner, an author's tag, a picture,
// or a way around the linter.
const FAULTS = [
  ['bypass', /\b(eslint-(disable|enable)|prettier-ignore|istanbul ignore|c8 ignore)/],
  ['fixme', /\b(FIXME|XXX|HACK)\b/],
  ['todo', /\bTODO\b(?!\s*\(?#\d+)/],
  ['author', /@author\b/],
  ['banner', /(^|\n)[\s*]*[-=#*_~]{5,}\s*(\n|$)/],
  ['emoji', /\p{Emoji_Presentation}/u],
];
// A line of code ends in ; or { or is a closing brace alone; a sentence does not. What stands in backticks is quoted.
const CODE_LINE = /^\s*\*?\s*(((import|export|const|let|var|return|throw|await|if|for|while|switch|async|function|class)\b.*|[\w.]+(\(.*\)|\s*[-+]?=[^=].*)|\}\s*(else|catch|finally)?.*)[;{]|[\])}]+[;,]?)\s*$/;

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      bypass: 'No way around the linter in a comment: change the code, or the rule for everybody.',
      fixme: 'Fix it, or file an issue.',
      todo: 'A TODO names its issue: TODO #12.',
      author: 'The log of the repository knows who wrote it.',
      banner: 'No banners: a file that needs chapters is two files.',
      emoji: 'No emoji.',
      code: 'Commented-out code: the repository remembers it, delete it here.',
    },
  },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const found = FAULTS.find(([, pattern]) => pattern.test(comment.value));
        const fault = found?.[0] ?? (holdsCode(comment) ? 'code' : undefined);
        if (fault) context.report({ loc: comment.loc, messageId: fault });
      }
    },
  }),
};

/** An example in a docstring is indented or fenced and belongs there; only line and plain block comments hide dead code. */
function holdsCode(comment) {
  if (comment.type === 'Block' && comment.value.startsWith('*')) return false;
  return comment.value.split('\n').some((line) => CODE_LINE.test(line));
}
