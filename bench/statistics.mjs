// Figures of several runs, and how they are printed.

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}

/** Rows of a name and its figures, one a run: `name  min  median  max`, in columns. */
export function printSpread(title, rows, digits) {
  print(`${title.padEnd(38)}${['min', 'median', 'max'].map((head) => head.padStart(10)).join('')}`);
  for (const [name, values] of rows) {
    const figures = [Math.min(...values), median(values), Math.max(...values)];
    print(`  ${name.padEnd(36)}${figures.map((figure) => withThousands(figure.toFixed(digits)).padStart(10)).join('')}`);
  }
}

/** The quotient of the medians, the quotients run by run, and whether the bar is met. */
export function printBar({ what, numerators, denominators, bar, holds, digits }) {
  const pairs = numerators.map((numerator, run) => numerator / denominators[run]);
  const ratio = median(numerators) / median(denominators);
  print(`${what}: ${ratio.toFixed(digits)} of the medians; run by run ${pairs.map((pair) => pair.toFixed(digits)).join(' ')} (median ${median(pairs).toFixed(digits)})`);
  print(`  bar ${bar}: ${holds(ratio) ? 'MET' : 'NOT MET'}`);
}

export function print(line) {
  process.stdout.write(`${line}\n`);
}

const withThousands = (text) => text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
