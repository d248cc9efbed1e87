/** Who works at XX Tech. Names carry both scripts, since a person has one name. */
export interface CastMember {
  /** Also the subject of their token. */
  readonly key: string;
  readonly name: string;
  readonly role: string;
  readonly unit: string;
  /** Key of the manager. */
  readonly manager: string | null;
}

const member = (key: string, name: string, place: readonly [role: string, unit: string, manager: string | null]): CastMember => ({ key, name, role: place[0], unit: place[1], manager: place[2] });

/** The first administrator; the log is opened with this subject. */
export const ADMIN = 'admin';
/** Marketing director: `MARKETING_HEAD`, holder of that seat. */
export const DIRECTOR = 'director';
/** Holder of the committee's HR seat. */
export const HR_HEAD = 'hr-head';
/** Does the daily work of HR: cycles, openings, publications. */
export const HR_OFFICER = 'hr-officer';
/** Finance representative, holder of that seat. */
export const FINANCE = 'finance';
/** Reads everything that is not sealed, and writes nothing. */
export const AUDITOR = 'auditor';

/** Managers before those who report to them. */
export const CAST: readonly CastMember[] = [
  member(DIRECTOR, 'Shen Yan 沈岩', ['DIRECTOR', 'XX', null]),
  member(ADMIN, 'Gu Ping 顾平', ['ADMINISTRATOR', 'OFFICE', DIRECTOR]),
  member(HR_HEAD, 'Tang Min 唐敏', ['HR', 'OFFICE', DIRECTOR]),
  member(HR_OFFICER, 'Lu Jia 陆佳', ['HR', 'OFFICE', HR_HEAD]),
  member(FINANCE, 'Fang Wei 方伟', ['FINANCE', 'OFFICE', DIRECTOR]),
  member('accountant', 'Qiu Lan 邱岚', ['FINANCE', 'OFFICE', FINANCE]),
  member(AUDITOR, 'Xu Zhi 许志', ['AUDITOR', 'OFFICE', null]),
  member('sales-manager', 'Han Lei 韩磊', ['MANAGER', 'SALES', DIRECTOR]),
  member('marketing-manager', 'Bai Xue 白雪', ['MANAGER', 'MARKETING', DIRECTOR]),
  member('planning-manager', 'Jiang Tao 江涛', ['MANAGER', 'PLANNING', DIRECTOR]),
  member('channel-manager', 'Luo Ning 罗宁', ['MANAGER', 'CHANNEL', DIRECTOR]),
  member('sales-1', 'Lin Yue 林悦', ['SALES', 'SALES', 'sales-manager']),
  member('sales-2', 'Chen Bo 陈博', ['SALES', 'SALES', 'sales-manager']),
  member('sales-3', 'Wu Qian 吴倩', ['SALES', 'SALES', 'sales-manager']),
  member('sales-4', 'Zhao Yang 赵阳', ['SALES', 'SALES', 'sales-manager']),
  member('marketing-1', 'Sun Li 孙丽', ['MARKETING', 'MARKETING', 'marketing-manager']),
  member('marketing-2', 'He Jun 何军', ['MARKETING', 'MARKETING', 'marketing-manager']),
  member('marketing-3', 'Ma Rui 马睿', ['MARKETING', 'MARKETING', 'marketing-manager']),
  member('planning-1', 'Gao Fei 高飞', ['PLANNING', 'PLANNING', 'planning-manager']),
  member('planning-2', 'Xie Ting 谢婷', ['PLANNING', 'PLANNING', 'planning-manager']),
  member('planning-3', 'Deng Kai 邓凯', ['PLANNING', 'PLANNING', 'planning-manager']),
  member('channel-1', 'Cao Min 曹敏', ['CHANNEL', 'CHANNEL', 'channel-manager']),
  member('channel-2', 'Peng Hao 彭昊', ['CHANNEL', 'CHANNEL', 'channel-manager']),
  member('channel-3', 'Yao Jing 姚静', ['CHANNEL', 'CHANNEL', 'channel-manager']),
];

/** Who moves from sales to channel in the middle of a quarter. */
export const TRANSFERRED = 'sales-4';
/** Who leaves at the end of A-3's second month. */
export const LEAVER = 'planning-3';

/** The units, parents first; every unit of a role has a head who rates for others. */
export const UNITS = [
  { code: 'XX', names: { en: 'XX Tech', zh: 'XX 科技' }, parent: null, head: DIRECTOR },
  { code: 'OFFICE', names: { en: 'Office', zh: '综合管理部' }, parent: 'XX', head: HR_HEAD },
  { code: 'SALES', names: { en: 'Sales', zh: '销售部' }, parent: 'XX', head: 'sales-manager' },
  { code: 'MARKETING', names: { en: 'Marketing', zh: '市场推广部' }, parent: 'XX', head: 'marketing-manager' },
  { code: 'PLANNING', names: { en: 'Planning', zh: '策划部' }, parent: 'XX', head: 'planning-manager' },
  { code: 'CHANNEL', names: { en: 'Channel', zh: '渠道部' }, parent: 'XX', head: 'channel-manager' },
] as const;

/** Roles that are granted; the first administrator has theirs by the log's opening. */
export const GRANTS = [
  [DIRECTOR, 'MARKETING_HEAD'],
  [HR_HEAD, 'HR'],
  [HR_OFFICER, 'HR'],
  [FINANCE, 'FINANCE'],
  ['accountant', 'FINANCE'],
  [AUDITOR, 'AUDITOR'],
] as const;

/** The special committee (§3.1): three seats, each with a holder and two alternates. */
export const SEAT_TABLE = [
  { seat: 'MARKETING_DIRECTOR', holder: DIRECTOR, alternates: ['sales-manager', 'marketing-manager'] },
  { seat: 'HR', holder: HR_HEAD, alternates: [HR_OFFICER, 'planning-manager'] },
  { seat: 'FINANCE', holder: FINANCE, alternates: ['accountant', 'channel-manager'] },
] as const;
