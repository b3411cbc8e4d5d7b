import { RETRYABLE, retryDelay } from './retry.js';

/** A request without an answer for this long is given up and tried again. */
const ANSWER_MS_MAX = 15_000;

/** Sends requests, each answered with the milliseconds until it is to be sent again. */
export const deliverer = () => {
  let failures = 0;

  const post = async (endpoint: string, body: string) => {
    try {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), ANSWER_MS_MAX);
      // The page and the SDK share what keepalive may carry: a second try does without it.
      const response = await fetch(endpoint, { method: 'POST', body, keepalive: !failures, signal: abort.signal });
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    } catch {
      // No answer.
      return { status: 0, retryAfter: null };
    }
  };

  const deliver = async (endpoint: string, body: string): Promise<number> => {
    const { status, retryAfter } = await post(endpoint, body);
    if (RETRYABLE.test(status as never)) return retryDelay(++failures, retryAfter);
    failures = 0;
    const { events, ...envelope } = JSON.parse(body);
    if ((status != 400 && status != 413) || events.length < 2) return 0;
    // Too large, or something in it unreadable: halves find out what, and only that is lost. A part that
    // has to wait makes the whole wait; what is sent again has the same ids.
    for (const half of [events.slice(0, events.length >> 1), events.slice(events.length >> 1)]) {
      const pause = await deliver(endpoint, JSON.stringify({ ...envelope, events: half }));
      if (pause) return pause;
    }
    return 0;
  };
  return deliver;
};
