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
  readonly people: string;
  readonly targets: string;
  readonly mapping: string;
  /** Only for a replay. */
  readonly company?: string;
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
  const [team, targets, delivery] = await Promise.all([teamOf(files.people, mapping), targetsOf(files.targets, mapping), sha256Of(files.opportunities)]);
  const others: readonly [FileDigest['kind'], string][] = [
    ['PEOPLE', files.people],
    ['TARGETS', files.targets],
    ['MAPPING', files.mapping],
    ...(files.company === undefined ? [] : [['COMPANY', files.company] satisfies [FileDigest['kind'], string]]),
  ];
  const digests = await Promise.all(others.map(async ([kind, path]) => ({ kind, sha256: await sha256Of(path) })));
  return { opportunities: files.opportunities, mapping, team, targets, files: [{ kind: 'OPPORTUNITIES', sha256: delivery }, ...digests], delivery };
}

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
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

const unreadable = (path: string, cause: unknown): UsageError => new UsageError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
