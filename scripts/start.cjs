// npm start: install and build what is missing, then serve. Arguments go on: npm start -- --log <name>
'use strict';

require('./node-version.cjs')();
require('./prepare.cjs').prepareAndRun('dist/apps/api/src/main.js', { say: true, demandRoom: true });
