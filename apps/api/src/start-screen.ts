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
  en: { serves: (log: string, mode: string) => `Assay serves the log ${log} (${mode}).`, leads: (log: string, mode: string) => `Assay leads projections, process managers and timers of the log ${log} (${mode}); GraphQL is served by others.`, leadsNot: 'It leads nothing: that takes a process with ASSAY_ROLE=projector beside it.', graphiql: '(GraphiQL in a browser)', token: 'of the subject', others: 'for 12 hours; others:', end: 'Ctrl-C ends it.' },
  zh: { serves: (log: string, mode: string) => `Assay 正在提供日志 ${log}（${mode}）。`, leads: (log: string, mode: string) => `Assay 正在推进日志 ${log}（${mode}）的投影、流程与定时器；GraphQL 由其他进程提供。`, leadsNot: '本进程不推进投影：须另有一个 ASSAY_ROLE=projector 的进程。', graphiql: '（浏览器打开即 GraphiQL）', token: '人员', others: '12 小时有效；其他人员：', end: 'Ctrl-C 结束。' },
} as const;

/** What a start says: where to look, and how to ask, in under a screen. */
export async function startScreen({ mode, log, role }: Config, screen: StartScreen): Promise<string> {
  const { url, locale, tour } = screen;
  const words = WORDS[locale];
  const lines = [
    '',
    role === 'projector' ? words.leads(log.name, mode) : words.serves(log.name, mode),
    ...(role === 'api' ? [words.leadsNot] : []),
    '',
    ...(role === 'projector' ? [] : [`  GraphQL   ${url}/graphql${mode === 'demo' ? `   ${words.graphiql}` : ''}`]),
    `  Health    ${url}/health/live   ${url}/health/ready`,
    `  Metrics   ${url}/metrics`,
  ];
  if (tour !== null) lines.push('', ...(await tourLines(log.dataFolder, tour, screen)));
  else if (mode === 'demo' && role !== 'projector') lines.push('', ...(await tokenLines(log, screen)));
  return `${[...lines, '', words.end, ''].join('\n')}\n`;
}

async function tokenLines({ dataFolder, name }: Config['log'], { terminal, locale }: StartScreen): Promise<readonly string[]> {
  const words = WORDS[locale];
  const other = `npm run -s assay -- token <subject>${name === 'main' ? '' : ` --log ${name}`}`;
  if (!terminal) return [`  Tokens    ${other}`];
  const token = await (await demoKey(dataFolder)).sign(FIRST_ADMIN);
  return [`  Token     ${words.token} ${FIRST_ADMIN}, ${words.others} ${other}`, '', `  Authorization: Bearer ${token}`];
}
