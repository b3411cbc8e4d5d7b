import type { LiveActivity, LiveRecent, LiveResync, LiveSnapshot } from '../../api/types';

export type Connection = 'connecting' | 'connected' | 'reconnecting';

export interface LiveHandlers {
  onConnection: (connection: Connection) => void;
  /** What the latest visitors did: stands for all that was told before. */
  onRecent: (recent: LiveRecent) => void;
  onActivity: (activity: LiveActivity) => void;
  onSnapshot: (snapshot: LiveSnapshot) => void;
  onSkipped: (count: number) => void;
  /** An EventSource does not tell why it failed: an ended session would fail for ever. */
  onBroken: () => void;
}

/** A snapshot comes every two seconds, so longer silence means a dead connection. */
const silence_ms_max = 12_000;

/** Wait before the next connection: doubles from half a second to fifteen. */
export function reconnectDelay_ms(attempt: number): number {
  return Math.min(15_000, 500 * 2 ** Math.min(attempt, 5));
}

/**
 * Follows a live stream while the page is shown, and connects again when it breaks. Each connection begins with
 * `recent`, so that nothing is missed and nothing comes twice. Returns a function that ends it.
 */
export function followLive(address: string, handlers: LiveHandlers): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  const close = () => {
    source?.close();
    source = null;
    clearTimeout(retry);
    clearTimeout(watch);
  };
  const alive = () => {
    attempt = 0;
    handlers.onConnection('connected');
    clearTimeout(watch);
    watch = setTimeout(again, silence_ms_max);
  };
  const again = () => {
    close();
    handlers.onConnection('reconnecting');
    retry = setTimeout(connect, reconnectDelay_ms(attempt));
    attempt += 1;
    handlers.onBroken();
  };
  const connect = () => {
    close();
    const opened = new EventSource(address);
    source = opened;
    const on = <T>(name: string, take: (body: T) => void) =>
      opened.addEventListener(name, (event) => {
        alive();
        take(JSON.parse((event as MessageEvent<string>).data) as T);
      });
    on<LiveRecent>('recent', handlers.onRecent);
    on<LiveActivity>('activity', handlers.onActivity);
    on<LiveSnapshot>('snapshot', handlers.onSnapshot);
    on<LiveResync>('resync', (resync) => handlers.onSkipped(resync.skipped));
    opened.addEventListener('error', again);
    // A connection that never opens is dead, too.
    watch = setTimeout(again, silence_ms_max);
  };
  /** Nobody looks at a hidden page: it asks for nothing. */
  const turn = () => {
    attempt = 0;
    if (document.visibilityState === 'hidden') close();
    else if (source === null) connect();
  };
  const online = () => {
    if (document.visibilityState !== 'hidden') turn();
  };

  document.addEventListener('visibilitychange', turn);
  window.addEventListener('online', online);
  turn();
  return () => {
    document.removeEventListener('visibilitychange', turn);
    window.removeEventListener('online', online);
    close();
  };
}
