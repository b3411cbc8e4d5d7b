import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { liveAddress, questions } from '../../api/questions';
import type { LiveSnapshot } from '../../api/types';
import { addActivities, type LiveCard } from './cards';
import { followLive, type Connection } from './follow';

export interface Live {
  connection: Connection;
  snapshot: LiveSnapshot | undefined;
  /** The latest person first; undefined until the server has said who was here. */
  cards: readonly LiveCard[] | undefined;
  /** Epoch milliseconds at which the stream was last heard of. */
  heard_ms: number | undefined;
  /** Events that came while paused. */
  waiting: number;
  /** Events that the stream left out because this page or the feed could not keep up. */
  skipped: number;
  paused: boolean;
  setPaused: (paused: boolean) => void;
}

/** Many events in a moment are drawn together. */
const draw_ms = 100;

/** Follows the live stream of a site. Paused, it goes on listening and shows nothing new. */
export function useLive(site: string): Live {
  const [connection, setConnection] = useState<Connection>('connecting');
  const [snapshot, setSnapshot] = useState<LiveSnapshot>();
  const [cards, setCards] = useState<readonly LiveCard[]>();
  const [heard_ms, setHeard] = useState<number>();
  const [waiting, setWaiting] = useState(0);
  const [skipped, setSkipped] = useState(0);
  const [paused, setPausedState] = useState(false);
  const latest = useRef<readonly LiveCard[]>(undefined);
  const pausedNow = useRef(false);
  const cache = useQueryClient();

  useEffect(() => {
    let drawing: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      drawing ??= setTimeout(() => {
        drawing = undefined;
        if (!pausedNow.current) setCards(latest.current);
      }, draw_ms);
    };
    const end = followLive(liveAddress(site), {
      onConnection: setConnection,
      onRecent: ({ items }) => {
        latest.current = addActivities([], items);
        draw();
      },
      onActivity: (activity) => {
        latest.current = addActivities(latest.current ?? [], [activity]);
        if (pausedNow.current) setWaiting((before) => before + 1);
        draw();
      },
      onSnapshot: (taken) => {
        setHeard(Date.parse(taken.now));
        setSnapshot(taken);
      },
      onSkipped: (count) => setSkipped((before) => before + count),
      // The cache leads whoever is signed out to sign in.
      onBroken: () => void cache.fetchQuery(questions.session()).catch(() => undefined),
    });
    return () => {
      end();
      clearTimeout(drawing);
    };
  }, [site, cache]);

  const setPaused = useCallback((next: boolean) => {
    pausedNow.current = next;
    setPausedState(next);
    setWaiting(0);
    if (!next) setCards(latest.current);
  }, []);

  return { connection, snapshot, cards, heard_ms, waiting, skipped, paused, setPaused };
}
