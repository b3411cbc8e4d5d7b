import { appDimensions, webDimensions, type Dimension } from '../api/names';
import { metrics } from '../format/metric';
import { eventDimensions, formatFilter, parseFilter, type AnyFilter } from './filters';
import { isDate, periodNames, type Period, type PeriodName } from './period';
import { sortings } from './sorting';

/** Everything that the address of a page says: what it is called there, and how it is read and written. */

/** Closed lists by their names in the address; the first of each is the default and leaves no trace. */
export const choices = {
  /** Of the overview: the number in the chart, and the tabs of the lists below. */
  metric: metrics,
  pages: ['page', 'content_group', 'entry_page', 'exit_page'],
  sources: ['channel', 'source', 'campaign', 'utm_source', 'utm_medium', 'utm_content', 'utm_term'],
  products: ['product', 'product_category'],
  places: ['country', 'region', 'city', 'language'],
  devices: ['device_class', 'browser', 'os'],
  /** Of the list of people. */
  who: ['all', 'identified', 'anonymous', 'customers'],
  sort: sortings,
  /** Of a journey. */
  order: ['newest', 'oldest'],
  bots: ['without', 'with'],
  /** Of a person: the steps, or whose the ids are. */
  of: ['steps', 'identity'],
  /** Of the quality. */
  tab: ['web', 'app'],
  by: webDimensions,
  app_by: appDimensions,
  /** Of the funnel. */
  steps_order: ['ordered', 'strict', 'any'],
  unit: ['people', 'visitors', 'sessions'],
  breakdown: ['none', ...eventDimensions],
  trend: ['week', 'day', 'month', 'none'],
  /** Of who comes again: what of it, by which stretch of time, and how often people come by which. */
  view: ['cohorts', 'lifecycle', 'stickiness'],
  beat: ['day', 'week', 'month'],
  stretch: ['week', 'day', 'month'],
  mode: ['bracket', 'unbounded'],
  members: ['people', 'visitors'],
  /** Of the attribution. */
  touch: ['source', 'channel', 'campaign', 'utm_source', 'utm_medium', 'utm_content', 'utm_term', 'entry_page', 'host', 'country', 'device_class'],
  model: ['last_non_direct', 'first', 'last', 'linear', 'position', 'time_decay', 'markov', 'shapley'],
  credit: ['conversions', 'revenue'],
  chain: ['all', 'converted'],
  /** Of the paths. */
  scope: ['session', 'person'],
  nodes: ['pages', 'all'],
  steps: ['3', '1', '2', '4', '5', '6', '7', '8', '9', '10'],
  repeats: ['folded', 'kept'],
  /** Of the touchpoints: which number colours them, and after how many days without anything somebody is lost. */
  shade: ['people', 'lost', 'wait', 'converted'],
  lost_after: ['7', '1', '2', '3', '14', '30', '60', '90'],
  /** Of the journey map: what a step is, how much of it is drawn, and which sides are told. */
  node: ['touchpoint', 'channel', 'device_class', 'content_group', 'page'],
  staged: ['without', 'with'],
  detail: ['main', 'more', 'all'],
  /** What fewer have may be chance. */
  support: ['30', '5', '10', '100', '300', '1000'],
  /** Of a segment: how it is made, and what is shown of it. */
  made: ['rule', 'list'],
  part: ['members', 'changes', 'pull'],
  /** Of the map of now: where visitors are, or all of it. */
  map: ['visitors', 'world'],
  /** Of the installation. */
  way: ['html', 'wordpress', 'woocommerce', 'prestashop', 'shopify', 'gtm', 'react', 'next'],
} as const satisfies Readonly<Record<string, readonly string[]>> & Readonly<Record<TopList | 'touch', readonly Dimension[]>>;

/** The lists of the overview. */
export type TopList = 'pages' | 'sources' | 'products' | 'places' | 'devices';
export type ChoiceName = keyof typeof choices;
export type Choice<N extends ChoiceName> = (typeof choices)[N][number];

/** The numbers of a newsletter whose people can be listed; which one is `who` in the address. */
export const readerCounts = ['sent', 'delivered', 'bounced', 'opened', 'opened_by_machines', 'clicked', 'clicked_by_machines', 'visits', 'orders'] as const;
export type ReaderCount = (typeof readerCounts)[number];

/**
 * Free texts: a search, what of a journey is looked at, the campaign that a report is about and `who` of its people is listed;
 * events that a question is about, how long it may take, how many there are at `least`, and the number `behind` which the people are listed;
 * the `cell` of the touchpoints that is looked at;
 * a segment that is put together: its `name`, `condition` and `days`; a `query` in SQL.
 */
export type TextName = `min_${ThresholdName}` | 'query' | 'event' | 'search' | 'touchpoint' | 'kind' | 'campaign' | 'who' | 'first' | 'again' | 'exclude' | 'conversion' | 'start' | 'end' | 'least' | 'window' | 'behind' | 'value' | 'cell' | 'name' | 'condition' | 'days';
/** The steps of a funnel, from where paths were walked before, and the ids that are to be taken out of a person. */
export type ListName = 'step' | 'trail' | 'take';
/** From how many of what on somebody is suspicious. */
export const thresholdNames = ['visitors', 'users', 'emails', 'devices', 'countries'] as const;
export type ThresholdName = (typeof thresholdNames)[number];
/** Null takes one out. */
export type TextChange = Readonly<Partial<Record<TextName, string | null>>>;

export function readChoice<N extends ChoiceName>(parameters: URLSearchParams, name: N): Choice<N> {
  const values: readonly Choice<N>[] = choices[name];
  return values.find((one) => one === parameters.get(name)) ?? (choices[name][0] as Choice<N>);
}

export function writeChoice<N extends ChoiceName>(parameters: URLSearchParams, name: N, choice: Choice<N>): URLSearchParams {
  return changed(parameters, { [name]: choice === choices[name][0] ? null : choice });
}

export function readText(parameters: URLSearchParams, name: TextName): string | null {
  return parameters.get(name);
}

export function writeTexts(parameters: URLSearchParams, change: TextChange): URLSearchParams {
  return changed(parameters, change);
}

/** A text that is there several times, in its order. */
export function readList(parameters: URLSearchParams, name: ListName): string[] {
  return parameters.getAll(name);
}

export function writeList(parameters: URLSearchParams, name: ListName, texts: readonly string[]): URLSearchParams {
  const next = changed(parameters, { [name]: null });
  for (const text of texts) next.append(name, text);
  return next;
}

export function readReaders(parameters: URLSearchParams): ReaderCount | undefined {
  return readerCounts.find((one) => one === readText(parameters, 'who'));
}

const periodDefault: PeriodName = '30d';

/** Reads the period; what is unknown or malformed falls back to the last 30 days. */
export function readPeriod(parameters: URLSearchParams): Period {
  const compare = parameters.get('compare') === 'previous';
  const name = periodNames.find((one) => one === parameters.get('period')) ?? periodDefault;
  if (name !== 'custom') return { name, compare };
  const from = parameters.get('from') ?? '';
  const to = parameters.get('to') ?? '';
  if (!isDate(from) || !isDate(to) || from > to) return { name: periodDefault, compare };
  return { name, from, to, compare };
}

/** Writes the period into a copy of the parameters; the default leaves no trace. */
export function writePeriod(parameters: URLSearchParams, { name, from, to, compare }: Period): URLSearchParams {
  const dates = name === 'custom' && from && to ? { from, to } : { from: null, to: null };
  // Taken out first: they stand together at the end.
  const without = changed(parameters, { period: null, from: null, to: null, compare: null });
  return changed(without, { period: name === periodDefault ? null : name, ...dates, compare: compare ? 'previous' : null });
}

/** Reads `filter=dimension:operator:value`, repeated. None is dropped: what the pages have no words for is asked as it stands. */
export function readFilters(parameters: URLSearchParams): AnyFilter[] {
  return parameters.getAll('filter').flatMap((text) => (text === '' ? [] : [parseFilter(text) ?? { text }]));
}

export function writeFilters(parameters: URLSearchParams, filters: readonly AnyFilter[]): URLSearchParams {
  const next = changed(parameters, { filter: null });
  for (const filter of filters) next.append('filter', formatFilter(filter));
  return next;
}

/** The query string for a link to another page of the site: the period goes along. */
export function sharedQuery(parameters: URLSearchParams): string {
  const text = writePeriod(new URLSearchParams(), readPeriod(parameters)).toString();
  return text === '' ? '' : `?${text}`;
}

/** A page of a site. */
export function sitePath(site: string, page: string): string {
  return `/sites/${encodeURIComponent(site)}/${page}`;
}

/** The journey of a person. */
export function personPath(site: string, person: string): string {
  return sitePath(site, `people/${encodeURIComponent(person)}`);
}

function changed(parameters: URLSearchParams, change: Readonly<Record<string, string | null>>): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}
