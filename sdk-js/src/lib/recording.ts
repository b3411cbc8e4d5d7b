/** Records an event. `passive`: it is no sign that the visitor is active. */
export type Track = (event: Record<string, unknown>, passive?: boolean) => unknown;
