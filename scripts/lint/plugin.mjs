// The house rules that no published plugin has. Each is a few lines over the syntax tree; each has failing fixtures under
// test/guards/fixtures/lint.
import castSaysWhy from './cast-says-why.mjs';
import comments from './comments.mjs';
import decoratorFiles from './decorator-files.mjs';
import docstring from './docstring.mjs';
import fileName from './file-name.mjs';
import parameters from './parameters.mjs';

export default {
  rules: {
    'cast-says-why': castSaysWhy,
    comments,
    'decorator-files': decoratorFiles,
    docstring,
    'file-name': fileName,
    parameters,
  },
};
