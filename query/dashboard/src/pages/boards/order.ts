/** The list with one moved to another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const one = list[from];
  if (one === undefined || to < 0 || to >= list.length) return [...list];
  const without = list.filter((_, place) => place !== from);
  return [...without.slice(0, to), one, ...without.slice(to)];
}
