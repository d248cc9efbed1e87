/** Rows as text for people: each column as wide as its widest cell, numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => String(row[column] ?? '').length)));
  const line = (row: readonly (string | number)[]): string => row.map((cell, column) => cellText(cell, widths[column] ?? 0)).join('  ').trimEnd();
  return [head, ...rows].map((row) => `${line(row)}\n`).join('');
}

const cellText = (cell: string | number, width: number): string => (typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width));
