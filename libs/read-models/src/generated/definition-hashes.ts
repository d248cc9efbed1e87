// Do not edit: node scripts/definition-hashes.mjs writes this file.

/** SHA-256 of what each view version is defined by (`architecture.md`, Read models, Versions). */
export const definitionHashes: Readonly<Record<string, string>> = {
  appraisal__v2: 'c31d01bbcff2c98a058458a18aeddc90f4860a8a44e7f77d305d0ce0e6f1760e',
  company__v2: '04d54d7e9ff46a96f77ff3beab429ff804ba0f3c39a88bef096d7c6c47e6c7d7',
  composite__v2: 'f95fc3d9c03826b79d4d832c2e5076f1d15e857c4b5aaffd75e3e9e106241d2d',
  cycle__v1: 'dbf70dee29b1a8879716c220e72cd408bf3b2ac8d071076625c966ea419dd84b',
  event__v4: '6531ef3e9eb4451d7e001d76a5cb7f55623330de46616c5a96f3d9d0230cebd1',
  fact__v2: '5218982f6fc50c249215c9d2ffc27d73cbf6aeef11cc35ebbfec88f5a8bec5a7',
  goal__v1: '8b2e73b85a524ec210763ab6263769ef8f969bcdb5e90fa133b741cba8b305c0',
  metric__v1: '43cf7c52b1934743017a74ab71bd8d6c3032f88df1ab4ae440e646a826f7cca7',
  person__v1: 'ed4aa90e4857306c89f89705d1ba085734164f008198dee7f3bf99bf1ec810cf',
  recalibration__v1: 'af3065525c7cdc367991b216d63b666ccba347148c3dd03a1e54c270721b0e33',
  scheme__v1: '2f6809e09f4ff263881c071a10e36724fbc5b6dd94f7c61079825248830bfde6',
  target__v2: '9ac42ad46f32e06a0632472bac37a9b7498b271516f50d03ddc2d857ec1f9494',
  template__v1: 'c89e0d8fde316bba50f3588b00efe4be52f577c4b0403453fb6f9ce7ef60579b',
};
