import type { Revenue } from '../types.js';
import { plain } from './plain.js';
import type { Fields } from './plain.js';

// What a browser may send. Server-side kinds are left out: the collector refuses a whole request for
// one of them.
const KIND =
  /^(click|outbound|download|form|search|view_item|add_to_cart|begin_checkout|order|signup|log(in|out)|(un)?subscribe|referral|survey_(shown|answer|dismissed))$/;
// The fields that only some kinds have.
const FIELD =
  /^(target|text|href|items|order_id|user|referred_by|survey|question|score|comment)$/;

/** An event of the kind that `name` says, or a custom one; the kind's own fields leave `props`. */
export const toEvent = (name: string, given?: object): Fields => {
  const known = KIND.test(name);
  const props = plain(given);
  const rest: Fields = {};
  const event: Fields = { ...(known ? { kind: name } : { kind: 'custom', name }), props: rest };
  for (const key in props) (known && FIELD.test(key) ? event : rest)[key] = props[key];
  const { revenue } = props as { revenue: Partial<Revenue> | undefined };
  const { amount, currency } = { amount: revenue, currency: props.currency, ...revenue };
  // Money without a currency stays a property, for all to see: the collector would refuse the event.
  if (currency && revenue != null) {
    event.revenue = { amount: amount + '', currency };
    delete rest.revenue;
  }
  return event;
};
