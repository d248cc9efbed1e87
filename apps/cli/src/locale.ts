import type { Locale } from '@assay/domain';
import { UsageError } from './command.js';

/** The language that `--locale` names. */
export function localeOf(text: string): Locale {
  if (text === 'en' || text === 'zh-CN') return text;
  throw new UsageError(`--locale is en or zh-CN, not "${text}"`);
}
