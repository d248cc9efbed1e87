import type { ProcessManager } from '../process.js';
import { assignmentManager } from './assignment.manager.js';
import { doubleFactManager } from './double-fact.manager.js';
import { recalibrationManager } from './recalibration.manager.js';
import { targetLinkManager } from './target-link.manager.js';

/** Every process manager, in the order in which they take a batch of events. */
export const allManagers = (logId: string): readonly ProcessManager[] => [recalibrationManager, assignmentManager, targetLinkManager, doubleFactManager(logId)];
