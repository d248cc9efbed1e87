import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO_COMPANY, demoToday, TOUR_SUBJECTS, tourOf, type TourLocale, type TourStep } from '@assay/demo';
import { demoKey } from '@assay/graphql';
import type { Config } from './config.js';
import { keptPlan } from './demo-plan.js';

/** What a newcomer to the demo is shown: what to try, and the files that hold it. */
export interface DemoTour {
  readonly steps: readonly TourStep[];
  /** All of it as one GraphQL document, for GraphiQL and a file. */
  readonly document: string;
}

/** The demo's tour, or null where the log served is none. `now` is the log's clock (ms). */
export function demoTour({ mode, log }: Config, logId: string, of: { readonly now: number; readonly locale: TourLocale }): DemoTour | null {
  const plan = mode === 'demo' ? keptPlan(log.dataFolder, log.name) : null;
  if (plan === null) return null;
  const steps = tourOf(logId, plan, { today: demoToday(of.now), locale: of.locale });
  const document = steps.map(({ subject, title, operation }) => `# ${subject} (${title[of.locale]})\n${operation}\n`).join('\n');
  return { steps, document };
}

/** Signs a token for each subject of the tour into a file that its owner alone reads, and writes the tour beside it. */
export async function writeTourFiles(dataFolder: string, { document }: DemoTour, locale: TourLocale): Promise<{ readonly tokens: string; readonly tour: string }> {
  const files = { tokens: join(dataFolder, 'demo-tokens.txt'), tour: join(dataFolder, 'demo-tour.graphql') };
  const key = await demoKey(dataFolder);
  const lines = await Promise.all(TOUR_SUBJECTS.map(async ({ subject, role }) => `${subject}\t${role[locale]}\t${await key.sign(subject)}\n`));
  await writeFile(files.tokens, lines.join(''), { mode: 0o600 });
  await writeFile(files.tour, document);
  return files;
}

/** The tour's part of the start screen. */
export async function tourLines(dataFolder: string, tour: DemoTour, { locale, terminal }: { readonly locale: TourLocale; readonly terminal: boolean }): Promise<readonly string[]> {
  const files = await writeTourFiles(dataFolder, tour, locale);
  const subjects = TOUR_SUBJECTS.map(({ subject, role }) => `${subject} (${role[locale]})`).join(', ');
  const words = {
    en: [
      `The company in it, ${DEMO_COMPANY}, is made up. Tokens of 12 hours, by subject, are in ${files.tokens} (yours alone):`,
      `To try, with the token of the subject named, as "authorization: Bearer <token>"; also in GraphiQL and ${files.tour}:`,
    ],
    zh: [
      `其中的公司 ${DEMO_COMPANY} 为虚构。按人员签发的令牌（12 小时有效，仅您可读）在 ${files.tokens}：`,
      `可直接尝试，请求头为 "authorization: Bearer <令牌>"，令牌取所注人员的；GraphiQL 与 ${files.tour} 中也有：`,
    ],
  }[locale];
  const [first] = TOUR_SUBJECTS;
  const shown = terminal && first !== undefined ? [`  ${first.subject}: Bearer ${await (await demoKey(dataFolder)).sign(first.subject)}`] : [];
  return [words[0] ?? '', `  ${subjects}`, ...shown, '', words[1] ?? '', ...tour.steps.map(({ subject, title, operation }) => `  ${operation} # ${subject}; ${title[locale]}`)];
}
