/** Conformance cases that EventStoreDB cannot have, each with its reason. */
export const EVENTSTORE_DECLARED: Readonly<Record<string, string>> = {
  A23: 'each append is a call of its own, also where several go together',
  S05: 'the engine has no transactions that could be rolled back',
  F09: 'the index follows by a subscription; hints only wake those who wait',
  F10: 'the index follows by a subscription; hints only wake those who wait',
  F15: 'the engine is a server of its own, not a folder',
  F16: 'the log is backed up by the means of its server; the order index is made again from it',
  F20: 'no lock of the engine outlives a call',
  F21: 'hints are no part of an append',
  F22: 'the engine has no snapshots that appends would wait behind',
  F24: 'the engine has no table that a login could change; what its users may do, that server says',
};
