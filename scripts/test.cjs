// npm test: install and build what is missing, then everything. npm test -- --tier unit,int runs some of it;
// what follows a second -- goes to Jest: npm test -- --tier unit -- libs/domain. The last line is the total.
'use strict';

require('./node-version.cjs')();
require('./run-tests.cjs').main(process.argv.slice(2));
