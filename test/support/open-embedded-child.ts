import { openEmbedded } from '@assay/event-log';

/** Opens the embedded PostgreSQL of the folder given, says so, and stays until it is killed or its input ends. */
const embedded = await openEmbedded({ dataDir: process.argv[2] ?? '' });
process.stdout.write('open\n');
process.stdin.resume();
process.stdin.once('end', () => void embedded.close().then(() => process.exit(0)));
