// Do not edit: node scripts/definition-hashes.mjs writes this file.

/** SHA-256 of what each view version is defined by (`architecture.md`, Read models, Versions). */
export const definitionHashes: Readonly<Record<string, string>> = {
  appraisal__v1: 'a4e70d8c2df4997bb3dc4cbbf747967b266a90787d929cf7e8ffbc4efbe43716',
  company__v2: '04d54d7e9ff46a96f77ff3beab429ff804ba0f3c39a88bef096d7c6c47e6c7d7',
  composite__v1: '9cd7f19fe315677b9ee929444c7f4a36d6902daa634ff0b9d6359aab7560f8ef',
  cycle__v1: 'dbf70dee29b1a8879716c220e72cd408bf3b2ac8d071076625c966ea419dd84b',
  event__v3: 'c772c2c0620cb5a02e217922645b0fa2924f70152611ddcd4553dac1688538f3',
  fact__v1: 'f03debb3305cbdd3695b6276f552885b6d0c7ca971a40b30ceb0e4643e86818c',
  goal__v1: '8b2e73b85a524ec210763ab6263769ef8f969bcdb5e90fa133b741cba8b305c0',
  metric__v1: '43cf7c52b1934743017a74ab71bd8d6c3032f88df1ab4ae440e646a826f7cca7',
  person__v1: 'ed4aa90e4857306c89f89705d1ba085734164f008198dee7f3bf99bf1ec810cf',
  recalibration__v1: 'af3065525c7cdc367991b216d63b666ccba347148c3dd03a1e54c270721b0e33',
  scheme__v1: '2f6809e09f4ff263881c071a10e36724fbc5b6dd94f7c61079825248830bfde6',
  target__v1: '95570c16f172573085e8c334a96f358e13dfdfc65f265b20245dc7182527a5cd',
  template__v1: 'c89e0d8fde316bba50f3588b00efe4be52f577c4b0403453fb6f9ce7ef60579b',
};
