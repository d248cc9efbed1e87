import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { day } from '@assay/domain';
import { DEMO_ISSUER } from '@assay/graphql';
import type { DemoPlan } from '@assay/demo';
import { z } from 'zod';

const DEMO_SEED = 1;
const kept = z.strictObject({ seed: z.int(), today: day, fixed: z.boolean() });

/** The plan of a folder's demo; `fixed`: its today was named, so the log's clock runs on from there. */
export interface KeptPlan extends DemoPlan {
  readonly fixed: boolean;
}

const fileOf = (dataFolder: string, log: string): string => join(dataFolder, `${log}.demo-plan.json`);

/** The plan that a demo's load was begun with: after midnight it goes on with the today of the evening before. */
export function keptPlan(dataFolder: string, log: string): KeptPlan | null {
  const file = fileOf(dataFolder, log);
  return existsSync(file) ? { ...kept.parse(JSON.parse(readFileSync(file, 'utf8'))), issuer: DEMO_ISSUER } : null;
}

/** Keeps the plan of a demo that is about to be loaded, before its first event. */
export function keepPlan(of: { readonly dataFolder: string; readonly log: string }, today: string, fixed: boolean): KeptPlan {
  const plan = { seed: DEMO_SEED, today, fixed };
  writeFileSync(fileOf(of.dataFolder, of.log), `${JSON.stringify(plan)}\n`);
  return { ...plan, issuer: DEMO_ISSUER };
}
