// Figures of several runs, how they are printed, and how they are handed to whoever runs all measurements.
import { appendFileSync } from 'node:fs';

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
  verdict({ what, figure: ratio.toFixed(digits), bar, met: holds(ratio) });
}

/** Whether a bar is met: printed, and kept for the table of `npm run bench` where that asked for it. */
export function verdict({ what, figure, bar, met }) {
  print(`  ${what}: ${figure}; bar ${bar}: ${met ? 'MET' : 'NOT MET'}`);
  const kept = process.env.ASSAY_BENCH_RESULTS;
  if (kept) appendFileSync(kept, `${JSON.stringify({ what, figure, bar, met })}\n`);
}

/** The value that this share of the values does not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/** A whole number of an option, refused below `least`. */
export function countOf(text, least = 1) {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < least) throw new Error(`"${text}" is no whole number from ${least}`);
  return count;
}

export function print(line) {
  process.stdout.write(`${line}\n`);
}

export const withThousands = (text) => text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
