// docs/benchmarks.md out of what a run of all measurements gave.

/** What each measurement is, in the words of the page; `unmet` says why a bar is missed, by the beginning of its verdict. */
const TEXTS = {
  log: {
    title: 'Appending to the log',
    text: `64 writers, each to streams of its own, with every check of the log on, against the PostgreSQL store of Emmett on pools of 16, 32 and 64
connections, of which the best counts; and one writer against BEGIN, INSERT, COMMIT as three calls into a table of the same columns, keys and
indexes. Runs are interleaved, and everything acknowledged is read back.`,
    unmet: {
      'Assay to Emmett': `Positions have no gaps, so one group of appends is on disk before the next begins, and here 64 writers that wait for each
other make one group at a time: the database works while this process waits, and the other way round. Emmett's transactions wait for the disk
side by side, and this machine's disk answers in a fraction of a millisecond.`,
    },
  },
  engine: {
    title: 'The adapter on EventStoreDB',
    text: `64 writers as above, and a follower that begins at the start, on the server that \`EVENTSTORE_URL\` names: the adapter, with its order index
in PostgreSQL, against bare use of the client. Both are given the same bytes; runs are interleaved, everything acknowledged is read back, and
the two followers must be given the same events. The adapter is open for its own runs alone. Without a server nothing is measured.`,
    unmet: {
      'Adapter on EventStoreDB to its bare client, appending': `A bare append is over when the server has acknowledged it. Ours has its position by then: before it the order
index is asked for ids and clock, after it the event comes back over the subscription and is put into the index. A client that is told of
everything and does nothing with it has lost a sixth already (the third row); the rest is this process, which has one thread for both. Where
server, database and client share two processors, that work is taken from the appends themselves.`,
    },
  },
  rebuild: {
    title: 'Building projections anew',
    text: `A generated CRM export, replayed by \`import crm --replay\`, is folded into empty tables by the projections of a process, side by side and
each alone. Bare reading takes the same log page by page over one connection and parses each body and metadata. \`score()\` is run on the very
inputs that the build reckons, collected beforehand. The time of a build includes making its tables.`,
    unmet: {
      'Rebuild without scoring': `Bare reading writes nothing. These eleven projections write a row for every fact and every event, and the indexes
by which they are listed. Most of the time is this process's own: folding, computing and turning states, documents and rows into text takes it
two to ten times the processor time that writing them takes the database. Projections whose documents are few
come to between half and the whole of bare reading each by itself, as the list under "by each projection alone" shows; \`fact\`, \`target\` and
\`event\` are the dear ones.`,
      'Rebuild with scoring': `Every append that moves a score also compares it with the one before and keeps a row of the history; assembling the
inputs of \`score()\`, comparing, and storing documents and histories is what lies between.`,
    },
  },
  asof: {
    title: 'A score as of any moment',
    text: `The document of an appraisal folded to a position with some 500 events behind it, as \`asOf\` answers it, against one statement that
reads the same streams up to that position, parsing them, and one \`score()\` of the same input.`,
    unmet: { 'Score as of a moment': `Each stream is read by a statement of its own, since which streams there are follows from the first; bare reading knows them all beforehand.` },
  },
  fresh: {
    title: 'From committed to visible',
    text: `One api process with all its projections, its own database, over real HTTP. A fact is recorded by \`recordFacts\`; once the answer says it
is committed, \`appraisal(atLeast:)\` is asked, and the time until it answers is counted. Idle, one after another; under load, commands begin at
their time whether or not earlier ones were answered, and every so many is looked for. The measuring process runs on the same processors. Process
managers and timers run too.`,
    unmet: {
      'Committed to visible in GraphQL at': `A command takes the processor time given below, of the api and of the database together. Where that times
the rate is more than the machine has, commands queue, and latency says how long the queue is rather than how long a projection takes.`,
      'Committed to visible in GraphQL, idle': `The figure is that of one core's turn through thirteen projections; other work on the machine adds to it at once.`,
    },
  },
  list: {
    title: 'A GraphQL list',
    text: `Fifty appraisals in the order of their totals, by HTTP with connections kept alive, against a Fastify route in a process of its own that
verifies the same token, runs the very statement of the list and answers the same fields. Turns are interleaved.`,
    unmet: {
      'GraphQL list of': `Beside the list's statement GraphQL asks the log for its head and its clock, since rights are those of this moment; and
it decides field by field and row by row what the reader may see, through Nest's resolvers. The bare route does none of it.`,
    },
  },
  start: {
    title: 'Start and rest',
    text: `The api on a folder with a log, embedded database included: from the start of the process to the first answer of GraphQL; then the memory of
the process and the database's, each shared page counted once, after some seconds of rest.`,
    unmet: {},
  },
  score: { title: 'The score engine alone', text: 'Inputs a second on the golden vectors, derivation included. It has no bar; it says what a rebuild spends on reckoning.', unmet: {} },
};
const BARE_LINES = /^(Machine|Load before|Node|Load after)/;

/** The whole page. */
export function benchmarksPage(done, { minutes }) {
  return `${[heading(done, minutes), table(done), ...done.map(section)].join('\n\n')}\n`;
}

function heading(done, minutes) {
  const first = done[0]?.output ?? '';
  const machine = ['Machine', 'Node', 'Server'].flatMap((word) => firstLine(done, word));
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Each figure is a ratio within one run, or a time on this machine: same data, same server, \`fsync\` and
\`synchronous_commit\` on for the log, interleaved runs, medians. Projections commit without waiting for the disk, since they follow from the log.
\`npm run bench -- <${Object.keys(TEXTS).join('|')}>\` measures one, with more runs where asked (\`--runs\`).

\`\`\`
${[`Date: ${new Date().toISOString().slice(0, 10)}, ${minutes.toFixed(0)} minutes in all`, ...machine, ...(/^Load before.*$/m.exec(first) ?? [])].join('\n')}
\`\`\``;
}

function firstLine(done, word) {
  for (const { output } of done) {
    const found = new RegExp(`^${word}.*$`, 'm').exec(output);
    if (found !== null) return [found[0]];
  }
  return [];
}

function table(done) {
  const rows = done.flatMap(({ verdicts }) => verdicts.map(({ what, figure, bar, met }) => `| ${what} | ${figure} | ${bar} | ${met ? 'met' : 'not met'} |`));
  const failed = done.filter(({ code }) => code !== 0).map(({ name }) => `| ${TEXTS[name].title} | did not end | | not measured |`);
  return ['| what | measured | bar | |', '| --- | --- | --- | --- |', ...rows, ...failed].join('\n') + '\n\nVerifying a log has no software yet, so its bar is not measured.';
}

function section({ name, args, output, verdicts }) {
  const { title, text, unmet } = TEXTS[name];
  const reasons = verdicts.filter(({ met }) => !met).flatMap(({ what }) => Object.entries(unmet).filter(([beginning]) => what.startsWith(beginning)).map(([, why]) => why));
  const figures = output.split('\n').filter((line) => !BARE_LINES.test(line)).join('\n').trim();
  const why = reasons.length === 0 ? [] : [`Why not met: ${[...new Set(reasons)].join(' ')}`];
  return [`## ${title}`, text, `\`\`\`\n$ npm run bench -- ${[name, ...args].join(' ')}\n${figures}\n\`\`\``, ...why].join('\n\n');
}
