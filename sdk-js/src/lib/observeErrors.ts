import { guard } from './guard.js';
import type { hooks as Hooks } from './hooks.js';
import type { Track } from './recording.js';
import { redact } from './redact.js';

/** Errors recorded of one page: what fails in a loop tells nothing new. */
const ERRORS_MAX = 10;
const MESSAGE_CHARS_MAX = 300;

/** FNV-1a of 32 bits, in hexadecimal: names a stack, and protects nothing. */
export const hash = (text: string): string => {
  let value = 0x811c9dc5;
  for (const sign of text) value = Math.imul(value ^ sign.codePointAt(0)!, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};

/**
 * Records errors that nobody caught, and promises that nobody waited for, each once; also those that the core kept until
 * this came. These have the time of now: the page view comes before them, whose source is the session's.
 */
export const observeErrors = (hooks: typeof Hooks, track: Track): void => {
  const seen = new Set<string>();
  const record = (error: unknown, fallback: string): void => {
    const { name, message, stack } = Object(error) as Partial<Error>;
    const text = redact(message ? `${name}: ${message}` : fallback).slice(0, MESSAGE_CHARS_MAX);
    // Frames as places in files, without the queries that change with each release or visitor.
    const stack_hash = hash(stack ? redact(`${stack}`) : text);
    // A browser's remark on layout, not an error of the page.
    if (seen.has(stack_hash) || seen.size >= ERRORS_MAX || /^ResizeObserver loop/.test(fallback)) return;
    seen.add(stack_hash);
    track({ kind: 'error', message: text, stack_hash, fatal: false }, true);
  };
  const push = guard((event: Event) => {
    const { error, message, reason } = event as ErrorEvent & PromiseRejectionEvent;
    if (event.type == 'error') record(error, message);
    else record(reason, String(reason));
  });
  const early = hooks._errors as Event[];
  hooks._errors = { push };
  early.forEach((event) => push(event));
};
