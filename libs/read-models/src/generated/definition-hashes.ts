// Do not edit: node scripts/definition-hashes.mjs writes this file.

/** SHA-256 of what each view version is defined by (`architecture.md`, Read models, Versions). */
export const definitionHashes: Readonly<Record<string, string>> = {
  appraisal__v1: '15884bd4eacf744eb094844984acb46094f285ea71d321b02695c2acf2b064ed',
  company__v1: '5c654f3d1cf3adf1e98b394243f481d72cc1dc2757dbe2e1a1ab93dab85a4c82',
  composite__v1: '4ea777ea9fb80f80cbd8bb83016c63e5d49475cb73eae767ab1b926ab83e4cf4',
  cycle__v1: '5806861989e9e3aaccc199a4bacc5b8c33e73f93dc58ebf7570a2f7b01f6c56b',
  event__v1: '35124c078610bcbcb55332da8a4a6f267b488c1e2a9b7b094491d920b914d2d7',
  fact__v1: 'b39ac22a64644d0a874d45130c85050577b851672e46eb57f3c8ce3c8f5f2828',
  goal__v1: '506dbd410e4f46ab21e5814def7853e9abd7ced3237419a7c6de3476794a5edc',
  metric__v1: 'bec2ee80edcfab2b5a090b87da60e73fca8b90a3b9735bebdca9473b9f9bc0da',
  person__v1: 'cf68564a875a9709dccdb589e4aaf965b68e7853b9014ede4669001f254d02f6',
  recalibration__v1: '9200118bb50d12ed482112c2b306dba614119a7a7ee143269e742d2a3035d4a2',
  scheme__v1: 'bc2eb0291fb492c4c77ba5bc8596ae62b4220b259740ae9ea823313674715426',
  target__v1: '14e8bd2a62c9cd52543e198f568b3a5beae98b0989ceb32df6655e56c1ed636f',
  template__v1: '574b45f57096d88890a3bcdaa83a03cc16ea1ca2ffa06e1a865cee57c4b9e32e',
};
