/** The time now, as RFC 3339 in UTC. */
export const timestamp = (): string => new Date().toISOString();
