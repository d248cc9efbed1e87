// What the house style demands beyond the recommended sets, as data: eslint.config.mjs applies it, and test/guards sees
// to it that each rule has a fixture on which it bites. Where a rule stands in several lists, the later one is complete,
// since options of one rule replace each other and do not add up.

const MATH_RANDOM = { object: 'Math', property: 'random', message: 'Randomness arrives as an argument, or as a seeded generator.' };
const PROCESS_ENV = { object: 'process', property: 'env', message: 'Only apps/*/config.ts reads the environment, checked at boot and passed down.' };
const BY_LOCALE = ['localeCompare', 'toLocaleString', 'toLocaleUpperCase', 'toLocaleLowerCase'].map((property) => ({
  property,
  message: 'Differs between machines and ICU versions; compare code units, or take the words from the catalogue.',
}));

const NEST_BANNED = [
  { name: '@nestjs/common', importNames: ['forwardRef', 'Scope'], message: 'The graph of providers has no cycles, and nothing is scoped to a request.' },
  { name: '@nestjs/cqrs', importNames: ['AggregateRoot', 'EventPublisher'], message: 'commit() publishes in the process and stores nothing; append to the log.' },
];
const ENV_IMPORT = { name: 'node:process', importNames: ['env'], message: PROCESS_ENV.message };

const ambient = (names, message) => names.map((name) => ({ name, message }));

/** Every file, scripts included. */
export const EVERYWHERE = {
  'max-lines': ['error', 300],
  'max-lines-per-function': ['error', 60],
  'max-depth': ['error', 3],
  'no-console': 'error',
  'no-restricted-properties': ['error', MATH_RANDOM],
  'assay/comments': 'error',
  'assay/file-name': 'error',
  'assay/parameters': 'error',
};

/** Everything in TypeScript. */
export const TYPED = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: false }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/naming-convention': [
    'error',
    { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: false } },
    { selector: 'class', format: ['PascalCase'], custom: { regex: 'Impl$', match: false } },
  ],
  'no-restricted-imports': ['error', { paths: [...NEST_BANNED, ENV_IMPORT] }],
  'no-restricted-properties': ['error', MATH_RANDOM, PROCESS_ENV],
  'assay/cast-says-why': 'error',
  'assay/decorator-files': ['error', ['view', 'input', 'resolver', 'module', 'controller', 'driver', 'guard', 'filter']],
};

/** The only places that may read the environment. */
export const READS_ENVIRONMENT = {
  'no-restricted-imports': ['error', { paths: NEST_BANNED }],
  'no-restricted-properties': ['error', MATH_RANDOM],
};

/** Sources of libs. */
export const LIBS = { 'assay/docstring': 'error' };

/** libs/domain: pure functions of their arguments. */
export const DOMAIN = {
  'no-restricted-properties': ['error', MATH_RANDOM, PROCESS_ENV, ...BY_LOCALE],
  'no-restricted-globals': [
    'error',
    ...ambient(['Date', 'performance', 'Temporal'], 'Time arrives as an argument; days are strings.'),
    ...ambient(['crypto'], 'Ids and randomness arrive as arguments; hashes come from @noble/hashes.'),
    ...ambient(['Intl'], 'Differs between ICU versions.'),
    ...ambient(['process', 'Buffer', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], 'The domain does no I/O and waits for nothing.'),
  ],
  'no-restricted-syntax': [
    'error',
    { selector: ':function[async=true]', message: 'The domain is synchronous: what it needs arrives as arguments.' },
    { selector: 'TSPropertySignature[readonly=false]', message: 'readonly everywhere: a fold returns a new state.' },
  ],
  'functional/no-classes': 'error',
  'functional/no-this-expressions': 'error',
};

/** Specs: longer, looser with what comes back as JSON, and strict on what hides a failure. */
export const SPECS = {
  'max-lines': ['error', 600],
  'max-lines-per-function': 'off',
  'assay/cast-says-why': 'off',
  'assay/decorator-files': 'off',
  'no-restricted-properties': ['error', MATH_RANDOM],
  'no-restricted-imports': ['error', { paths: NEST_BANNED }],
  'no-restricted-syntax': [
    'error',
    { selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|failing)$/]', message: 'No focused, skipped or unfinished tests.' },
    { selector: 'Identifier[name=/^(fit|xit|xtest|fdescribe|xdescribe)$/]', message: 'No focused or skipped tests.' },
    { selector: 'MemberExpression[object.name="jest"][property.name="retryTimes"]', message: 'A pass on retry is a flake.' },
    { selector: 'CallExpression[callee.name=/^(it|test)$/] > Literal.arguments:first-child[value=/^(should|works)\\b/i]', message: 'A test is named after the rule it states.' },
  ],
};
