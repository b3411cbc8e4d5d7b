import { guard } from './guard.js';

/** Listens on the window for several event types, separated by spaces. */
export const listen = <E extends Event>(
  types: string,
  callback: (event: E) => void,
  capture?: boolean,
): unknown =>
  types
    .split(' ')
    .map((type) => addEventListener(type, guard(callback) as (event: Event) => void, capture));
