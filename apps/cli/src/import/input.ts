import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { importedFile } from '@assay/domain';
import { UsageError } from '../command.js';
import { companyFile, type CompanyFile } from './company-file.js';
import { targetsOf, teamOf, type TargetsFile, type TeamMember } from './deals.js';
import { crmMapping, type CrmMapping } from './mapping.js';

/** The files of an import, by path. */
export interface ImportFiles {
  readonly opportunities: string;
  /** A replay needs people and targets; otherwise they may be left out. */
  readonly people?: string | undefined;
  readonly targets?: string | undefined;
  readonly mapping: string;
  /** Only for a replay. */
  readonly company?: string | undefined;
}
type FileDigest = Readonly<z.infer<typeof importedFile>>;

/** An export ready to be read: everything but the opportunities is in memory. */
export interface ImportInput {
  readonly opportunities: string;
  readonly mapping: CrmMapping;
  readonly team: readonly TeamMember[];
  readonly targets: TargetsFile;
  /** By which the import is known. */
  readonly files: readonly FileDigest[];
  /** SHA-256 of the opportunities: what a report of a period stands for. */
  readonly delivery: string;
}

/** Reads all but the opportunities. Throws `UsageError` for what cannot be read or does not fit its schema. */
export async function readImport(files: ImportFiles): Promise<ImportInput> {
  const mapping = await readMapping(files.mapping);
  const { people, targets: aims, company } = files;
  const team = people === undefined ? [] : await teamOf(people, mapping);
  const targets = aims === undefined ? NO_TARGETS : await targetsOf(aims, mapping);
  const delivery = await sha256Of(files.opportunities);
  const others = { PEOPLE: people, TARGETS: aims, MAPPING: files.mapping, COMPANY: company } as const;
  const digests = await Promise.all(KINDS.flatMap((kind) => (others[kind] === undefined ? [] : [digestOf(kind, others[kind])])));
  return { opportunities: files.opportunities, mapping, team, targets, files: [{ kind: 'OPPORTUNITIES', sha256: delivery }, ...digests], delivery };
}

const KINDS = ['PEOPLE', 'TARGETS', 'MAPPING', 'COMPANY'] as const;
const NO_TARGETS: TargetsFile = { targets: [], refused: [], hindsight: false };
const digestOf = async (kind: FileDigest['kind'], path: string): Promise<FileDigest> => ({ kind, sha256: await sha256Of(path) });

/** The mapping of a CRM's export. */
export const readMapping = (path: string): Promise<CrmMapping> => readJson(path, crmMapping, 'crm-mapping');
/** What a replay needs beside the export. */
export const readCompany = (path: string): Promise<CompanyFile> => readJson(path, companyFile, 'crm-company');

async function readJson<S extends z.ZodType>(path: string, schema: S, name: string): Promise<z.output<S>> {
  const read = schema.safeParse(await jsonIn(path));
  if (read.success) return read.data;
  throw new UsageError(`${path}:\n${z.prettifyError(read.error)}\nWhat it may say is in docs/reference/${name}.schema.json`);
}

async function jsonIn(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    // Without an encoding a file stream gives buffers.
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

const unreadable = (path: string, cause: unknown): UsageError => new UsageError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
