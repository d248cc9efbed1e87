// Do not edit: node scripts/definition-hashes.mjs writes this file.

/** SHA-256 of what each view version is defined by (`architecture.md`, Read models, Versions). */
export const definitionHashes: Readonly<Record<string, string>> = {
  appraisal__v2: '7f009410a851fcd0b4c151e9f31e703e8682f59a18415157a000c7539bdefcf3',
  company__v2: '04d54d7e9ff46a96f77ff3beab429ff804ba0f3c39a88bef096d7c6c47e6c7d7',
  composite__v2: 'f72bf3f0c8ab081b30d4ee067c0030edb939750b46fde00ee5cda57a2e3c0b4f',
  cycle__v1: 'dbf70dee29b1a8879716c220e72cd408bf3b2ac8d071076625c966ea419dd84b',
  event__v4: 'fb46047d86be6822f1440734bc9d8f25787b960fc78f94acfbee8f04f8e0233e',
  fact__v2: '77f1984c7677c541c37cfe38d35d18920bc6aceaf8b8bf749ec9579709ae50ea',
  goal__v1: '8b2e73b85a524ec210763ab6263769ef8f969bcdb5e90fa133b741cba8b305c0',
  metric__v1: '43cf7c52b1934743017a74ab71bd8d6c3032f88df1ab4ae440e646a826f7cca7',
  person__v1: 'ed4aa90e4857306c89f89705d1ba085734164f008198dee7f3bf99bf1ec810cf',
  recalibration__v1: 'af3065525c7cdc367991b216d63b666ccba347148c3dd03a1e54c270721b0e33',
  scheme__v1: '2f6809e09f4ff263881c071a10e36724fbc5b6dd94f7c61079825248830bfde6',
  target__v2: '0e479c2cee4ab63729fac27e29d84dde31ea011639e0b5655a00911406650075',
  template__v1: 'c89e0d8fde316bba50f3588b00efe4be52f577c4b0403453fb6f9ce7ef60579b',
};
