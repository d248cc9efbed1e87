import type { View } from '../view/view.js';
import { appraisalView } from './appraisal.projector.js';
import { companyView } from './company.projector.js';
import { compositeView } from './composite.projector.js';
import { cycleView } from './cycle.projector.js';
import { eventView } from './event.projector.js';
import { factView } from './fact.projector.js';
import { goalView } from './goal.projector.js';
import { metricView } from './metric.projector.js';
import { personView } from './person.projector.js';
import { recalibrationView } from './recalibration.projector.js';
import { schemeView } from './scheme.projector.js';
import { targetView } from './target.projector.js';
import { templateView } from './template.projector.js';

/** Every projection that a process runs. */
export const allViews: readonly View[] = [companyView, personView, templateView, metricView, factView, goalView, targetView, cycleView, recalibrationView, schemeView, appraisalView, compositeView, eventView];
