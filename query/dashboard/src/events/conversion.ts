import { formatEvent, parseEvent, type ChosenEvent } from './event';

const defaultConversion: ChosenEvent = { type: 'kind', value: 'order' };

/** Reads the event that counts as a conversion: an order, where the address does not say. */
export function parseConversion(text: string | null): ChosenEvent {
  return text === null ? defaultConversion : parseEvent(text);
}

/** Null for the default, which leaves no trace in the address. */
export function formatConversion(event: ChosenEvent): string | null {
  const text = formatEvent(event);
  return text === formatEvent(defaultConversion) ? null : text;
}

/** Whether who converts has bought. */
export function isOrder(event: ChosenEvent): boolean {
  return formatConversion(event) === null;
}
