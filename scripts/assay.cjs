// npm run -s assay -- <command>: install and build what is missing, saying nothing on standard output, then run the command.
'use strict';

require('./node-version.cjs')();
require('./prepare.cjs').prepareAndRun('dist/apps/cli/src/main.js', { say: false, demandRoom: false });
