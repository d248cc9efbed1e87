import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { UsageError } from '../command.js';
import type { CrmMapping } from './mapping.js';

/** One record of a CSV file: its cells by header name, and the line it begins on (the header is line 1). */
export interface CsvRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** A record that is not one, e.g. with too many cells: told by its line, never dropped. */
export interface BrokenRecord {
  readonly line: number;
  readonly reason: string;
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number; readonly error?: { readonly message: string } };
}

/**
 * Reads a CSV file as a stream in the mapping's encoding and separator. Throws `UsageError` where the file cannot be
 * read, is not of that encoding, or lacks one of the columns.
 */
export async function* csvRecords(file: string, mapping: Pick<CrmMapping, 'encoding' | 'separator'>, columns: readonly string[]): AsyncGenerator<CsvRecord | BrokenRecord> {
  const parser = parse({ delimiter: mapping.separator, info: true, relax_column_count: true, skip_empty_lines: true, bom: true });
  const decoded = decodedText(file, mapping.encoding);
  decoded.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | null = null;
  try {
    // csv-parse gives records with their info by the option above; its stream type does not say so.
    for await (const { record, info } of decoded.pipe(parser) as AsyncIterable<Parsed>) {
      if (header === null) header = checkedHeader(file, record, columns);
      else yield recordOf(header, record, info.lines);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (header === null) throw new UsageError(`${file}: there is no header line`);
}

function decodedText(file: string, encoding: CrmMapping['encoding']): Readable {
  // A fatal decoder: a wrong encoding is an error with its file's name, not a name full of replacement characters.
  const decoder = new TextDecoder(encoding, { fatal: true });
  const source = createReadStream(file);
  return Readable.from(
    (async function* () {
      // Without an encoding a file stream gives buffers.
      for await (const chunk of source as AsyncIterable<Buffer>) yield decoder.decode(chunk, { stream: true });
      yield decoder.decode();
    })(),
  );
}

function checkedHeader(file: string, header: readonly string[], columns: readonly string[]): readonly string[] {
  const names = header.map((name) => name.trim());
  const missing = columns.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new UsageError(`${file}: no column ${missing.map((name) => JSON.stringify(name)).join(', ')}; the header has ${names.join(', ')}`);
  return names;
}

function recordOf(header: readonly string[], record: readonly string[], line: number): CsvRecord | BrokenRecord {
  if (record.length !== header.length) return { line, reason: `COLUMNS: ${String(record.length)} cells under ${String(header.length)} headings` };
  return { line, cells: Object.fromEntries(header.map((name, index) => [name, (record[index] ?? '').trim()])) };
}

/** A CSV cell: quoted where it must be. */
export const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** A CSV line of cells. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`;
