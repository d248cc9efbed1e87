import '../words/fields.js';
import '../words/types.js';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import { importCounts, importedFile, type ImportCounts, type ImportState } from '@assay/domain';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { PositionScalar, UuidScalar } from '../edge/scalars.js';

const ImportStatusEnum = enumOf('ImportStatus', ['STARTED', 'FINISHED']);
const ImportedFileType = objectTypeOf('ImportedFile', importedFile);
const ImportCountsType = objectTypeOf('ImportCounts', importCounts);

type KnownImport = Exclude<ImportState, { readonly status: 'ABSENT' }>;

/** An export that was read. */
@ObjectType('Import', { implements: [Node], description: 'An export that was, or is being, read.' })
export class ImportView extends Node implements Pick<KnownImport, 'importId' | 'source' | 'status' | 'files'> {
  @Field(() => UuidScalar, { description: 'Id of the import, as facts name it.' })
  importId: string;
  @Field(() => String, { description: 'Code of the source.' })
  source: string;
  @Field(() => ImportStatusEnum, { description: 'FINISHED once it was read whole.' })
  status: KnownImport['status'];
  @Field(() => [ImportedFileType], { description: 'The files, by their digests.' })
  files: KnownImport['files'];
  @Field(() => ImportCountsType, { nullable: true, description: 'What it came to; null while it was not read whole.' })
  counts?: ImportCounts;
  @Field(() => Int, { description: 'Revision of its stream, from 0: what a mutation gives as expectedRevision.' })
  revision: number;
  @Field(() => PositionScalar, { description: 'Position that this answer shows.' })
  position: number;
}

/** The facts of an owner and metric, as a command on them left them. */
@ObjectType('FactStream', { description: 'Facts and reports of one owner and metric, as a command left them; the facts themselves are listed by facts.' })
export class FactStreamView {
  @Field(() => String, { description: 'Owner: a person id, or `unit:` and the code of a unit.' })
  ownerId: string;
  @Field(() => String, { description: 'Code of the metric.' })
  metricCode: string;
  @Field(() => Int, { description: 'Facts that take part: recorded, and neither retracted nor counted for another owner.' })
  factsCount: number;
  @Field(() => Int, { description: 'Periods reported.' })
  reportsCount: number;
  @Field(() => Int, { description: 'Revision of their stream, from 0: what a mutation gives as expectedRevision.' })
  revision: number;
  @Field(() => PositionScalar, { description: 'Position that this answer shows.' })
  position: number;
}
