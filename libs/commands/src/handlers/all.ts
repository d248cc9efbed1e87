import { asHandler, type AnyHandler } from '../handler.js';
import { appraisalHandler, type StaleCheck } from './appraisal.handler.js';
import { companyHandler } from './company.handler.js';
import { compositeHandler } from './composite.handler.js';
import { cycleHandler } from './cycle.handler.js';
import { factsHandler } from './facts.handler.js';
import { goalHandler } from './goal.handler.js';
import { importHandler } from './import.handler.js';
import { metricHandler } from './metric.handler.js';
import { personHandler, type AccountDigest } from './person.handler.js';
import { schemeHandler } from './scheme.handler.js';
import { targetHandler } from './target.handler.js';
import { templateHandler } from './template.handler.js';

/** What the handlers are given from outside: the log they derive ids under, and what they cannot know themselves. */
export interface HandlerPorts {
  readonly logId: string;
  readonly accountDigest: AccountDigest;
  readonly isStale: StaleCheck;
}

/** The handlers of every aggregate, one each. */
export function allHandlers({ logId, accountDigest, isStale }: HandlerPorts): readonly AnyHandler[] {
  return [
    asHandler(companyHandler),
    asHandler(personHandler(accountDigest)),
    asHandler(templateHandler),
    asHandler(metricHandler),
    asHandler(factsHandler(logId)),
    asHandler(goalHandler),
    asHandler(targetHandler(logId)),
    asHandler(cycleHandler),
    asHandler(schemeHandler),
    asHandler(appraisalHandler(logId, isStale)),
    asHandler(compositeHandler),
    asHandler(importHandler(logId)),
  ];
}
