// Do not edit: node scripts/definition-hashes.mjs writes this file.

/** SHA-256 of what each view version is defined by (`architecture.md`, Read models, Versions). */
export const definitionHashes: Readonly<Record<string, string>> = {
  appraisal__v1: '65eb1e337ee280142dfe00253501a918d8ecc0d1c4595ecfdd87cd195e7e177c',
  company__v1: 'e8a7148aff7eb0be4e6242dff40964ee3663c1ea5b261f78cc67628dff28dbf2',
  composite__v1: '81af0d665b799029aba5f0ba73fabe70d3db3b64efc3b85bad4de93075516967',
  cycle__v1: 'df1f699afcdb528085cf44ac38b74c5480adb74f21444369be9cc02a13267111',
  event__v1: '9aa396cc8bb89422e03c1847f2d17c50da7d07dcb74acfd383f72ca3ad23c57c',
  fact__v1: 'c11f7dae0136a6a1c1923e7fdaad48129cbc8384a80b22dceb39fb4ce6d7c5e2',
  goal__v1: 'fd3317a5d37a8b6206a4dbada41dfe147b96becfe06d9093632cdf24cf645e87',
  metric__v1: '831a69fdc77181c6a32dd7da9e3584b7e3b64072cde3e56a49e695d497e7c9a7',
  person__v1: '72929c345d4cae269fbe8ad881b2e9604ceed06af51020f947580915456b495d',
  recalibration__v1: '6de94a257108cc33c79ff2dabccf78b988e95d7290193ca1843a89b12c9f4c87',
  scheme__v1: '5f05d0a280ef1f5721fef6f382f0c9bf343809b19c5a868c31b84659f4a742a3',
  target__v1: 'baa659b79d246bc4a67f1366aa45c8f8b8e0eb185cb92402af5caf8ea790eb58',
  template__v1: '007e22b9bc840d7c74c0164699abc5ef1f610c1164b921e04c17aa099a91d339',
};
