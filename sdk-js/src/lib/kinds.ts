import type { Props, Revenue } from '../types.js';

// What a browser may send. Server-side kinds are left out: the collector refuses a whole request for
// one of them.
const KIND =
  /^(click|outbound|download|form|search|view_item|add_to_cart|begin_checkout|order|signup|log(in|out)|(un)?subscribe|referral|survey_(shown|answer|dismissed))$/;
// The fields that only some kinds have.
const FIELD =
  /^(target|text|href|items|order_id|revenue|user|referred_by|survey|question|score|comment)$/;

/** An event of the kind that `name` says, or a custom one; the kind's own fields leave `props`. */
export const toEvent = (name: string, props?: Props): Record<string, unknown> => {
  const known = KIND.test(name);
  const rest: Props = {};
  const event: Props = { ...(known ? { kind: name } : { kind: 'custom', name }), props: rest };
  for (const key in props)
    ((known ? FIELD : /^revenue$/).test(key) ? event : rest)[key] = props[key];
  const revenue = event.revenue as Revenue | undefined;
  if (revenue) event.revenue = { ...revenue, amount: `${revenue.amount}` };
  return event;
};
