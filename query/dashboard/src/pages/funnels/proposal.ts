import { anyPage, type ChosenEvent } from '../../events/event';

/** What people do on their way to an order. */
const wayToOrder = ['view_item', 'add_to_cart', 'begin_checkout', 'order'];
/** What else a site may be there for, the most telling first. */
const goals = ['signup', 'subscribe', 'form', 'download', 'login', 'search'];

/** A funnel of what there is in the data, by how many events of each kind there are; undefined where that makes none. */
export function exampleOf(events: ReadonlyMap<string, number>): ChosenEvent[] | undefined {
  const count = (kind: string) => events.get(kind) ?? 0;
  const first: ChosenEvent = count('screen_view') > count('page_view') ? { type: 'screen', value: '' } : anyPage;
  if (count('page_view') + count('screen_view') === 0) return undefined;
  const ofKind = (kind: string): ChosenEvent => ({ type: 'kind', value: kind });
  if (count('order') > 0) return [first, ...wayToOrder.filter((kind) => count(kind) > 0).map(ofKind)];
  const goal = goals.find((kind) => count(kind) > 0);
  if (goal !== undefined) return [first, ofKind(goal)];
  return count('custom') > 0 ? [first, { type: 'custom', value: '' }] : undefined;
}
