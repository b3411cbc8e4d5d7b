import { useEffect, useRef, useState } from 'react';
import type { LiveMove, LiveSnapshot } from '../../api/types';
import { readablePath } from '../../format/address';
import { formatNumber } from '../../format/number';
import { formatTime, localDate } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { ExportTable } from '../../ui/ExportButton';
import { Icon } from '../../ui/Icon';
import { PictureButton } from '../../ui/PictureButton';
import { keyOf, movedSince } from './moves';

/** The steps that people take now, from page to page; who has just come moves in. */
export function LiveMoves({ snapshot: { moves, now } }: { snapshot: LiveSnapshot }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const holder = useRef<HTMLOListElement>(null);
  const fresh = useFresh(moves);
  const title = t('live.moves');
  const today = localDate(Date.parse(now), timeZone);
  const period = { from: today, to: today };
  const highest = Math.max(1, ...moves.map(({ visitors }) => visitors));
  const rows = () => [
    [t('live.moves.from'), t('live.moves.to'), t('metric.visitors'), t('live.moves.latest')],
    ...moves.map(({ from, to, visitors, latest }) => [from === '' ? t('live.moves.arrived') : from, to, visitors, latest]),
  ];
  return (
    <Card
      title={title}
      explain="live.moves"
      className="live-moves-card"
      aside={
        moves.length > 0 && (
          <div className="card-aside">
            <ExportTable what={title} name="live-steps" period={period} rows={rows} />
            <PictureButton what={title} title={`${title}, ${formatTime(now, locale, timeZone)}`} period={period} of={holder} />
          </div>
        )
      }
    >
      {moves.length === 0 ? (
        <p className="quiet">{t('live.moves.none')}</p>
      ) : (
        <ol className="live-moves" ref={holder} data-testid="live-moves">
          {moves.map((move) => (
            <li key={`${keyOf(move)} ${fresh.get(keyOf(move)) ?? 0}`} className={fresh.has(keyOf(move)) ? 'live-move live-move-fresh' : 'live-move'} data-from={move.from} data-to={move.to}>
              <span className="live-move-bar" style={{ width: `${(move.visitors / highest) * 100}%` }} aria-hidden="true" />
              <span className="live-move-what">
                <span className="quiet">{move.from === '' ? t('live.moves.arrived') : readablePath(move.from)}</span>
                <Icon name="chevron" size={14} />
                <span className="sr-only">{t('live.moves.then')}</span>
                <b>{readablePath(move.to)}</b>
              </span>
              <time className="quiet small" dateTime={move.latest}>{formatTime(move.latest, locale, timeZone)}</time>
              <span className="live-move-count">
                {formatNumber(move.visitors, locale)} <span className="sr-only">{t('metric.visitors')}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

/** Which steps somebody has taken since the snapshot before, with the number of times that this was seen. */
function useFresh(moves: readonly LiveMove[]): ReadonlyMap<string, number> {
  const before = useRef(moves);
  const [fresh, setFresh] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    const moved = movedSince(before.current, moves);
    before.current = moves;
    if (moved.length > 0) setFresh((seen) => new Map(moved.map((key) => [key, (seen.get(key) ?? 0) + 1])));
  }, [moves]);
  return fresh;
}
