import { Inject } from '@nestjs/common';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { hasRole } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { allViews, isReadModelError, type ReadModels } from '@assay/read-models';
import { Access, Public } from '../edge/access.guard.js';
import { GraphqlContext } from '../edge/context.js';
import { principalIn } from '../reading/documents.js';
import { Reading } from '../reading/reading.js';
import { LogView, type ProjectionView } from '../views/viewer.view.js';
import { labelOf } from '../words/labels.js';
import { LocaleArgs } from './score.resolver.js';

/** The log as it is served, and the words of codes. */
@Resolver()
export class LogResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => LogView, { description: 'The log as this process serves it: its head, its clock, and how far the read models are.' })
  @Access()
  async log(@Context() context: GraphqlContext): Promise<LogView> {
    const { ports } = this.reading;
    const { log, readModels, serving } = ports;
    const principal = await principalIn(context);
    const [head, now, company, position] = await Promise.all([log.head(), log.now(), ports.company(), positionIn(readModels)]);
    const projections = hasRole(principal, 'ADMIN', 'AUDITOR') ? await this.projections() : null;
    return {
      logId: log.logId,
      head: known(head.position),
      headRecordedAt: head.recordedAt,
      now,
      today: dayAt(now, company.status === 'ABSENT' ? 'UTC' : company.timeZone),
      simulated: company.status !== 'ABSENT' && company.clock === 'SIMULATED',
      ...serving,
      position,
      projections,
    };
  }

  @Query(() => String, { nullable: true, description: 'What a code means: a rule that refused, a status, a kind. Null for a word that is no code of this API.' })
  @Public()
  codeLabel(@Args('code', { type: () => String, description: 'The code, e.g. TARGET_FROZEN.' }) code: string, @Args() { locale }: LocaleArgs, @Context() context: GraphqlContext): string | null {
    const isChinese = locale == null ? context.locale === 'zh' : locale === 'ZH_CN';
    return labelOf(code)?.[isChinese ? 1 : 0] ?? null;
  }

  private async projections(): Promise<readonly ProjectionView[]> {
    const metrics = await this.reading.ports.readModels.metrics();
    return metrics.map(({ stopped: _stopped, led: _led, ...shown }) => ({ ...shown, position: known(shown.position) }));
  }
}

/** Before the first event there is no position. */
const known = (position: number): number | null => (position < 0 ? null : position);

/** A read model that is still being built shows nothing yet; saying so is what this query is for. */
async function positionIn(readModels: Pick<ReadModels, 'position'>): Promise<number | null> {
  try {
    return known(await readModels.position(allViews));
  } catch (error) {
    if (isReadModelError(error, 'PROJECTION_BUILDING')) return null;
    throw error;
  }
}
