import type { JourneyEvent } from '../api/types';
import { readableAddress, readableHost, readablePath } from '../format/address';
import type { Translator } from '../i18n/translate';

export interface Description {
  /** What the step was about: a page, a product, a query; the kind's name when it has no subject. */
  readonly subject: string;
  /** The kind's name; empty when it is the subject already. */
  readonly kind: string;
  /** A line in the person's own words or a refinement; often empty. */
  readonly remark: string;
}

const itemProps = ['item', 'item_name', 'product', 'product_name', 'title', 'name', 'sku'];

/** Where each kind carries its subject, best first. */
export const subjectProps: Readonly<Record<string, readonly string[]>> = {
  search: ['q', 'query', 'term', 'search_term'],
  view_item: itemProps,
  add_to_cart: itemProps,
  order: ['order_id'],
  refund: ['order_id'],
  return: ['order_id', ...itemProps],
  ticket_opened: ['subject', 'ticket'],
  ticket_updated: ['subject', 'ticket'],
  ticket_closed: ['subject', 'ticket'],
  chat_started: ['subject', 'channel'],
  chat_message: ['subject', 'text'],
  chat_ended: ['subject', 'outcome'],
  call: ['subject', 'outcome'],
  store_visit: ['place'],
  survey_shown: ['question', 'survey'],
  survey_answer: ['question', 'survey'],
  survey_dismissed: ['question', 'survey'],
  form: ['form', 'name'],
  outbound: ['href', 'url'],
  download: ['href', 'file'],
  referral: ['referred_by'],
  network: ['url'],
  error: ['message'],
  crash: ['message'],
  anr: ['message'],
};

/** Says in words what a step was. */
export function describe(event: JourneyEvent, translator: Translator): Description {
  const kind = translator.label('kind', event.kind);
  const subject = subjectOf(event, translator);
  return {
    subject: subject === '' ? kind : subject,
    kind: subject === '' ? '' : kind,
    remark: remarkOf(event, translator),
  };
}

function subjectOf(event: JourneyEvent, translator: Translator): string {
  const names = subjectProps[event.kind] ?? [];
  const fromProps = firstProp(event, names.filter((name) => name !== 'outcome')) || (names.includes('outcome') ? outcomeOf(event, translator) : '') || itemNames(event);
  switch (event.kind) {
    case 'page_view':
    case 'page_leave':
    case 'vital':
      return event.title || readablePath(event.path) || readableHost(event.host);
    case 'screen_view':
    case 'screen_load':
      return event.title || event.screen || event.name;
    case 'app_start':
      return event.name === '' ? '' : translator.label('start', event.name);
    case 'search':
      return fromProps === '' ? '' : quoted(fromProps, translator);
    case 'custom':
      return event.name;
    case 'click':
    case 'rage_click':
    case 'dead_click':
      return firstProp(event, ['text']) || event.target;
    case 'newsletter_click':
      return readableAddress(event.link) || event.campaign || event.message;
    case 'newsletter_sent':
    case 'newsletter_delivered':
    case 'newsletter_open':
    case 'newsletter_bounce':
    case 'newsletter_complaint':
      return event.campaign || event.message;
    case 'outbound':
    case 'download':
      return readableAddress(fromProps) || event.target || readableAddress(event.link);
    default:
      return fromProps || (event.kind === 'form' ? event.target || event.link : '');
  }
}

function remarkOf(event: JourneyEvent, translator: Translator): string {
  if (event.kind.startsWith('survey_')) {
    const score = firstProp(event, ['score']) || (event.value == null ? '' : String(event.value));
    const comment = firstProp(event, ['comment']);
    return [
      score === '' ? '' : translator.t('journey.score', { score }),
      comment === '' ? '' : quoted(comment, translator),
    ].filter(Boolean).join(' · ');
  }
  if (event.kind === 'order' || event.kind === 'refund' || event.kind === 'return') {
    return event.props['order_id'] ? itemNames(event) : '';
  }
  if (event.kind === 'newsletter_click') return event.link ? event.campaign : '';
  if (event.kind === 'call' || event.kind.startsWith('ticket_')) return outcomeOf(event, translator);
  return '';
}

/** How it ended, in the reader's words where they are known. */
function outcomeOf(event: JourneyEvent, translator: Translator): string {
  const outcome = firstProp(event, ['outcome']);
  return outcome === '' ? '' : translator.named('outcome', outcome) ?? outcome;
}

/** The names in the list of items that shop events carry, as JSON text: `Livorno, Dolomiti × 2`. */
function itemNames(event: JourneyEvent): string {
  const text = event.props['items'];
  if (!text) return '';
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) ? items.map(itemName).filter(Boolean).join(', ') : '';
  } catch {
    // Cut or not JSON: the details show it as it is.
    return '';
  }
}

/** What the fields of an item are called, in whichever system sells it, as docs/definitions.md says. */
export const itemFields = {
  name: ['name', 'item_name', 'product_name', 'title'],
  id: ['id', 'item_id', 'product_id', 'sku'],
  quantity: ['quantity', 'qty'],
} as const;

function itemName(item: unknown): string {
  if (typeof item === 'string') return item.trim();
  if (typeof item !== 'object' || item === null) return '';
  const first = (fields: readonly string[]) =>
    fields
      .map((field) => (item as Record<string, unknown>)[field])
      .map((value) => (typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''))
      .find((text) => text !== '') ?? '';
  const shown = first(itemFields.name) || first(itemFields.id);
  const quantity = Number(first(itemFields.quantity));
  return shown !== '' && Number.isFinite(quantity) && quantity > 1 ? `${shown} × ${quantity}` : shown;
}

function firstProp(event: JourneyEvent, names: readonly string[]): string {
  for (const name of names) {
    const value = event.props[name];
    if (value) return value;
  }
  return '';
}

function quoted(text: string, translator: Translator): string {
  return translator.language === 'it' ? `«${text}»` : `“${text}”`;
}
