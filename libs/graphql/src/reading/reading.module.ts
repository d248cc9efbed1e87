import { Inject, type Provider } from '@nestjs/common';
import { QueryBus, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { ViewRow } from '@assay/read-models';
import { FEATURE_PORTS, type FeaturePorts } from './ports.js';
import { Reading } from './reading.js';
import { ReplayDocuments, replayDocuments, ReplayList, replayList, replaysOver } from './replay.js';

/** Answers `ReplayDocuments` on the query bus. */
@QueryHandler(ReplayDocuments)
export class ReplayDocumentsHandler implements IQueryHandler<ReplayDocuments<unknown>> {
  constructor(@Inject(FEATURE_PORTS) private readonly ports: FeaturePorts) {}

  execute(query: ReplayDocuments<unknown>): Promise<ReadonlyMap<string, unknown>> {
    return replayDocuments(this.ports.readModels, query);
  }
}

/** Answers `ReplayList` on the query bus. */
@QueryHandler(ReplayList)
export class ReplayListHandler implements IQueryHandler<ReplayList<unknown>> {
  constructor(@Inject(FEATURE_PORTS) private readonly ports: FeaturePorts) {}

  execute(query: ReplayList<unknown>): Promise<readonly ViewRow<unknown>[]> {
    return replayList(this.ports.readModels, query);
  }
}

/**
 * What the resolvers are given beside `FEATURE_PORTS`, which an application provides: `Reading`, and the handlers of the
 * replaying queries. The query bus comes with `CommandBusModule`.
 */
export const READING_PROVIDERS: readonly Provider[] = [
  { provide: Reading, useFactory: (ports: FeaturePorts, bus: QueryBus) => new Reading(ports, replaysOver(bus)), inject: [FEATURE_PORTS, QueryBus] },
  ReplayDocumentsHandler,
  ReplayListHandler,
];
