import type { IconName } from '../ui/Icon';

/** How a step is drawn: money, trouble and recognition must catch the eye, the rest stays calm. */
export type Tone = 'plain' | 'revenue' | 'friction' | 'identity';

interface KindLook {
  readonly icon: IconName;
  readonly tone: Tone;
}

const plain = (icon: IconName): KindLook => ({ icon, tone: 'plain' });
const friction = (icon: IconName): KindLook => ({ icon, tone: 'friction' });
const revenue = (icon: IconName): KindLook => ({ icon, tone: 'revenue' });
const identity = (icon: IconName): KindLook => ({ icon, tone: 'identity' });

export const looks: Readonly<Record<string, KindLook>> = {
  page_view: plain('page'),
  screen_view: plain('phone'),
  page_leave: plain('exit'),
  click: plain('pointer'),
  rage_click: friction('bolt'),
  dead_click: friction('pointer'),
  outbound: plain('exit'),
  download: plain('download'),
  form: plain('form'),
  vital: plain('gauge'),
  app_start: plain('power'),
  screen_load: plain('gauge'),
  frames: plain('gauge'),
  anr: friction('warning'),
  crash: friction('warning'),
  error: friction('warning'),
  network: plain('network'),
  app_installed: plain('download'),
  app_updated: plain('download'),
  app_foreground: plain('phone'),
  app_background: plain('exit'),
  search: plain('search'),
  view_item: plain('tag'),
  add_to_cart: plain('basket'),
  begin_checkout: plain('basket'),
  order: revenue('coin'),
  refund: friction('return'),
  signup: identity('person'),
  login: identity('person'),
  logout: plain('exit'),
  subscribe: plain('mail'),
  unsubscribe: friction('mail'),
  referral: plain('share'),
  identify: identity('person'),
  alias: identity('link'),
  reset: plain('exit'),
  consent: plain('shield'),
  newsletter_sent: plain('mail'),
  newsletter_delivered: plain('mail'),
  newsletter_open: plain('mailOpen'),
  newsletter_click: plain('pointer'),
  newsletter_bounce: friction('mail'),
  newsletter_complaint: friction('warning'),
  survey_shown: plain('star'),
  survey_answer: plain('star'),
  survey_dismissed: plain('star'),
  ticket_opened: plain('ticket'),
  ticket_updated: plain('ticket'),
  ticket_closed: plain('ticket'),
  chat_started: plain('chat'),
  chat_message: plain('chat'),
  chat_ended: plain('chat'),
  call: plain('call'),
  store_visit: plain('store'),
  return: friction('return'),
  custom: plain('dot'),
};

export function lookOf(kind: string): KindLook {
  return looks[kind] ?? plain('dot');
}

/** Something was seen: a step that others belong to. */
export const viewKinds: ReadonlySet<string> = new Set(['page_view', 'screen_view']);

/** Measurements of a page or screen: folded into its step, never steps of their own beside it. */
export const noiseKinds: ReadonlySet<string> = new Set(['vital', 'page_leave', 'screen_load', 'frames', 'network']);

export const touchpoints = [
  'site',
  'app',
  'newsletter',
  'promotion',
  'social',
  'shop',
  'chat',
  'ticket',
  'call',
  'store',
  'survey',
  'referral',
] as const;

const touchpointIcons: Readonly<Record<string, IconName>> = {
  site: 'page',
  app: 'phone',
  newsletter: 'mail',
  promotion: 'tag',
  social: 'share',
  shop: 'basket',
  chat: 'chat',
  ticket: 'ticket',
  call: 'call',
  store: 'store',
  survey: 'star',
  referral: 'people',
};

export function touchpointIcon(touchpoint: string): IconName {
  return touchpointIcons[touchpoint] ?? 'dot';
}

/** The custom property with a touchpoint's colour; an unknown one is grey. */
export function touchpointColour(touchpoint: string): string {
  return (touchpoints as readonly string[]).includes(touchpoint) ? `var(--tp-${touchpoint})` : 'var(--ink-2)';
}
