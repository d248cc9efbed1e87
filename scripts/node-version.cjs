// Written for any Node at all: it has to parse where nothing else of the project does.
'use strict';

var NEEDED = '20.19.0';

function isOld(version, needed) {
  var have = version.replace(/^v/, '').split('.');
  var want = needed.split('.');
  for (var i = 0; i < want.length; i += 1) {
    if (Number(have[i]) !== Number(want[i])) return Number(have[i]) < Number(want[i]);
  }
  return false;
}

module.exports = function demandNode() {
  if (!isOld(process.version, NEEDED)) return;
  process.stderr.write('Assay needs Node ' + NEEDED + ' or newer; this is ' + process.version + '. See https://nodejs.org/en/download\n');
  process.exit(2);
};
