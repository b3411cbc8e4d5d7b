/** What people can be sorted by, as the API names it. */
export const orders = ['last_seen', 'first_seen', 'sessions', 'page_views', 'events', 'orders', 'revenue'] as const;
export type Order = (typeof orders)[number];

/** An order and its direction as the address has it: `revenue`, `revenue-asc`. */
export const sortings = orders.flatMap((order) => [order, `${order}-asc`] as const) as [Sorting, ...Sorting[]];
export type Sorting = Order | `${Order}-asc`;

export function orderOf(sorting: Sorting): { order: Order; ascending: boolean } {
  const ascending = sorting.endsWith('-asc');
  const order = orders.find((one) => one === (ascending ? sorting.slice(0, -4) : sorting)) ?? 'last_seen';
  return { order, ascending };
}

export function sortingOf(order: Order, ascending: boolean): Sorting {
  return ascending ? `${order}-asc` : order;
}

/** The column that is chosen turns around; another begins with its largest or latest. */
export function sortedBy(column: Order, current: Sorting): Sorting {
  const { order, ascending } = orderOf(current);
  return sortingOf(column, column === order && !ascending);
}
