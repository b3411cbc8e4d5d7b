import type { QueryKey } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { PeoplePage } from '../api/types';
import { usePages, type PageQuestion } from '../api/usePages';
import { formatMoment, formatShort } from '../format/time';
import { useI18n } from '../i18n/context';
import type { Proposal } from '../segments/link';
import { SaveSegment } from '../segments/SaveSegment';
import { personPath } from '../state/address';
import { useFormat, useSite } from '../state/site';
import { useSharedQuery } from '../state/useAddress';
import { Answered } from './Answered';
import { Avatar } from './Avatar';
import { Card } from './Card';
import { ErrorState, Skeleton } from './states';

interface PeopleBehindProps<K extends QueryKey> {
  title: string;
  /** How many there are, with what they are. */
  counted: (count: number) => string;
  question: (cursor: string | undefined) => PageQuestion<PeoplePage, K>;
  /** Whether the moment of each says something. */
  timed?: boolean;
  /** What holds for just these people; undefined where no condition says that. */
  rule?: Omit<Proposal, 'name'> | undefined;
  close: () => void;
}

/** The people behind a number, each with the way to the journey. */
export function PeopleBehind<K extends QueryKey>({ title, counted, question, timed = false, rule, close }: PeopleBehindProps<K>) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  const shared = useSharedQuery();
  const { first, items, available, loading, error, load } = usePages(question);
  const panel = usePanel(close);
  return (
    <div ref={panel} className="people-behind" tabIndex={-1} data-testid="people-behind">
      <Card
        title={title}
        stale={first.stale}
        aside={
          <div className="card-aside">
            {(first.data?.count ?? 0) > 0 && <SaveSegment name={title} rule={rule} question={question} />}
            <button type="button" className="button button-quiet" onClick={close}>{t('behind.close')}</button>
          </div>
        }
      >
        <Answered answer={first} loading={<Skeleton lines={3} />}>
          {({ count }) => (
            <>
              <p className="quiet small">{count === 0 ? t('behind.none') : timed ? t('behind.count', { who: counted(count) }) : counted(count)}</p>
              <ul className="behind">
                {items.map((one, index) => {
                  const name = one.identified ? one.person : t('people.anonymous');
                  return (
                    // Somebody with several sessions is there several times.
                    <li key={index}>
                      <Avatar name={name} identified={one.identified} />
                      <span>
                        <Link to={personPath(site, one.person) + shared}>{name}</Link>
                        {!one.identified && <span className="quiet small behind-id">{one.person}</span>}
                      </span>
                      {timed && (
                        <time className="quiet small" dateTime={one.at} title={formatMoment(one.at, locale, timeZone)}>
                          {formatShort(one.at, locale, timeZone)}
                        </time>
                      )}
                    </li>
                  );
                })}
              </ul>
            </>
          )}
        </Answered>
        {error && <ErrorState error={error} retry={load} />}
        {available && !error && (
          <button type="button" className="button" disabled={loading} onClick={load}>{loading ? t('app.loading') : t('people.more')}</button>
        )}
      </Card>
    </div>
  );
}

/** Takes the focus where somebody opened it, closes on Escape, and gives the focus back. */
function usePanel(close: () => void) {
  const panel = useRef<HTMLDivElement>(null);
  const [opener] = useState(() => document.activeElement);
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    // A page that is opened with the list on it stays where it is.
    if (opener !== document.body) panel.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      // What lies above the page closes first.
      if (event.key === 'Escape' && !document.querySelector('.popover-panel, :popover-open')) latest.current();
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      // Unless it is somewhere else by now, as on another number.
      if (document.activeElement === document.body && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [opener]);
  return panel;
}
