import type { TourLocale } from '@assay/demo';
import { demoKey } from '@assay/graphql';
import type { Config } from './config.js';
import { tourLines, type DemoTour } from './demo-tour.js';
import { FIRST_ADMIN } from './first-log.js';

/** Where a start answers, whom it speaks to, and what it has to show. */
export interface StartScreen {
  readonly url: string;
  readonly locale: TourLocale;
  /** Tokens are printed to a terminal only. */
  readonly terminal: boolean;
  readonly tour: DemoTour | null;
}

const WORDS = {
  en: { serves: (log: string, mode: string) => `Assay serves the log ${log} (${mode}).`, graphiql: '(GraphiQL in a browser)', token: 'of the subject', others: 'for 12 hours; others:', end: 'Ctrl-C ends it.' },
  zh: { serves: (log: string, mode: string) => `Assay 正在提供日志 ${log}（${mode}）。`, graphiql: '（浏览器打开即 GraphiQL）', token: '人员', others: '12 小时有效；其他人员：', end: 'Ctrl-C 结束。' },
} as const;

/** What a start says: where to look, and how to ask, in under a screen. */
export async function startScreen({ mode, log }: Config, screen: StartScreen): Promise<string> {
  const { url, locale, tour } = screen;
  const words = WORDS[locale];
  const lines = [
    '',
    words.serves(log.name, mode),
    '',
    `  GraphQL   ${url}/graphql${mode === 'demo' ? `   ${words.graphiql}` : ''}`,
    `  Health    ${url}/health/live   ${url}/health/ready`,
    `  Metrics   ${url}/metrics`,
  ];
  if (tour !== null) lines.push('', ...(await tourLines(log.dataFolder, tour, screen)));
  else if (mode === 'demo') lines.push('', ...(await tokenLines(log, screen)));
  return `${[...lines, '', words.end, ''].join('\n')}\n`;
}

async function tokenLines({ dataFolder, name }: Config['log'], { terminal, locale }: StartScreen): Promise<readonly string[]> {
  const words = WORDS[locale];
  const other = `npm run -s assay -- token <subject>${name === 'main' ? '' : ` --log ${name}`}`;
  if (!terminal) return [`  Tokens    ${other}`];
  const token = await (await demoKey(dataFolder)).sign(FIRST_ADMIN);
  return [`  Token     ${words.token} ${FIRST_ADMIN}, ${words.others} ${other}`, '', `  Authorization: Bearer ${token}`];
}
