import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ApiError } from '../../api/client';
import type { LiveActivity, LiveResync, LiveSnapshot } from '../../api/types';
import { useSignedOut } from '../../shell/session';
import { addActivities, activities_max, reconnectDelay_ms } from './stream';

export type Connection = 'connecting' | 'connected' | 'reconnecting';

interface Live {
  connection: Connection;
  snapshot: LiveSnapshot | undefined;
  activities: readonly LiveActivity[];
  /** Events that came while paused; at most `activities_max` are kept. */
  waiting: number;
  /** Events that the stream left out because this page or the feed could not keep up. */
  skipped: number;
  paused: boolean;
  setPaused: (paused: boolean) => void;
}

/** A snapshot comes every two seconds, so longer silence means a dead connection. */
const silence_ms_max = 12_000;

/** Follows the live stream of a site and connects again when it breaks. */
export function useLive(site: string): Live {
  const [connection, setConnection] = useState<Connection>('connecting');
  const [snapshot, setSnapshot] = useState<LiveSnapshot>();
  const [activities, setActivities] = useState<readonly LiveActivity[]>([]);
  const [held, setHeld] = useState<{ count: number; items: readonly LiveActivity[] }>({ count: 0, items: [] });
  const [skipped, setSkipped] = useState(0);
  const [paused, setPausedState] = useState(false);
  const pausedNow = useRef(false);
  const signedOut = useSignedOut();

  const receive = useCallback((activity: LiveActivity) => {
    if (pausedNow.current) {
      setHeld((before) => ({ count: before.count + 1, items: [...before.items, activity].slice(-activities_max) }));
    } else {
      setActivities((before) => addActivities(before, [activity]));
    }
  }, []);

  useEffect(
    () =>
      followLive(api.liveAddress(site), {
        onConnection: setConnection,
        onSnapshot: setSnapshot,
        onActivity: receive,
        onSkipped: (count) => setSkipped((before) => before + count),
        onSignedOut: signedOut,
      }),
    [site, receive, signedOut],
  );

  const setPaused = useCallback(
    (next: boolean) => {
      pausedNow.current = next;
      setPausedState(next);
      if (next) return;
      setActivities((before) => addActivities(before, held.items));
      setHeld({ count: 0, items: [] });
    },
    [held.items],
  );

  return { connection, snapshot, activities, waiting: held.count, skipped, paused, setPaused };
}

interface LiveHandlers {
  onConnection: (connection: Connection) => void;
  onSnapshot: (snapshot: LiveSnapshot) => void;
  onActivity: (activity: LiveActivity) => void;
  onSkipped: (count: number) => void;
  onSignedOut: () => void;
}

/** Returns a function that ends the stream. */
function followLive(address: string, handlers: LiveHandlers): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let ended = false;

  const alive = () => {
    attempt = 0;
    handlers.onConnection('connected');
    clearTimeout(watch);
    watch = setTimeout(again, silence_ms_max);
  };
  const again = () => {
    source?.close();
    clearTimeout(watch);
    if (ended) return;
    handlers.onConnection('reconnecting');
    clearTimeout(retry);
    retry = setTimeout(connect, reconnectDelay_ms(attempt));
    attempt += 1;
    // An EventSource does not tell why it failed; an ended session would fail for ever.
    api.session().catch((error: unknown) => {
      if (!ended && error instanceof ApiError && error.status === 401) handlers.onSignedOut();
    });
  };
  const connect = () => {
    source = new EventSource(address);
    source.addEventListener('snapshot', (event) => {
      alive();
      handlers.onSnapshot(JSON.parse((event as MessageEvent<string>).data) as LiveSnapshot);
    });
    source.addEventListener('activity', (event) => {
      alive();
      handlers.onActivity(JSON.parse((event as MessageEvent<string>).data) as LiveActivity);
    });
    source.addEventListener('resync', (event) => {
      alive();
      handlers.onSkipped((JSON.parse((event as MessageEvent<string>).data) as LiveResync).skipped);
    });
    source.addEventListener('open', alive);
    source.addEventListener('error', again);
  };

  connect();
  return () => {
    ended = true;
    source?.close();
    clearTimeout(retry);
    clearTimeout(watch);
  };
}
