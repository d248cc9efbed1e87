import { restoreLog, type Connection } from '@assay/event-log';

/** Restores a back-up and is killed, kill -9, in the middle of it: when the second block has gone to the database. */
// What the parent test wrote there.
const { app, owner, file } = JSON.parse(process.argv[2] ?? '{}') as { app: Connection; owner: Connection; file: string };
let blocks = 0;
await restoreLog({
  app,
  owner,
  file,
  followers: [],
  onProgress: () => {
    blocks += 1;
    if (blocks === 2) process.kill(process.pid, 'SIGKILL');
  },
});
