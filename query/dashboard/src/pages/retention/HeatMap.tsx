import { useRef, useState } from 'react';
import type { Cohort } from '../../api/types';
import { formatNumber, formatRate, missing } from '../../format/number';
import { formatBucket } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { Card } from '../../ui/Card';
import { Change } from '../../ui/Change';
import { HeatCell } from '../../ui/HeatCell';
import { Explain } from '../../ui/Explain';
import { ExportTable } from '../../ui/ExportButton';
import { NumberButton } from '../../ui/NumberButton';
import { PictureButton } from '../../ui/PictureButton';
import { columnsOf, isFinished, largestShare, meanOf } from './cohorts';
import { useCohortName, type RetentionState } from './useRetention';

interface HeatMapProps {
  rows: readonly Cohort[];
  /** The value of the dimension whose rows they are; undefined of all. */
  of: string | undefined;
  /** Those of the period before, where it is compared. */
  previous: readonly Cohort[] | undefined;
  stale: boolean;
  retention: RetentionState;
}

/** A row for each stretch of time in which somebody came first, and a column for each later one. */
export function HeatMap({ rows, of, previous, stale, retention }: HeatMapProps) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { stretch, members, from, to } = retention.choices;
  const cohortName = useCohortName(stretch);
  // What the cell says that is pointed at.
  const [told, setTold] = useState('');
  const picture = useRef<HTMLDivElement>(null);
  const indexes = Array.from({ length: columnsOf(rows) }, (_, place) => place + 1);
  const highest = largestShare(rows);
  const title = of === undefined ? t('retention.picture') : `${t('retention.picture')} · ${of}`;
  const head = t(`retention.head.${stretch}`);
  const later = (count: number) => t(`retention.later.${stretch}`, { count });
  const who = (count: number) => t(`counted.${members}`, { count });
  const hasUnfinished = rows.some((row) => row.finished < row.people.length);
  const exported = () => [
    ['cohort', 'size', ...indexes.map((index) => `after_${index}`), 'finished'],
    ...rows.map((row) => [row.cohort, row.people[0], ...indexes.map((index) => row.people[index]), row.finished]),
  ];
  const shownIndex = (row: Cohort) => (retention.cell?.cohort === row.cohort ? retention.cell.index : undefined);
  const toggle = (row: Cohort, index: number) => retention.show(shownIndex(row) === index ? undefined : { cohort: row.cohort, index });
  return (
    <Card
      title={title}
      stale={stale}
      aside={
        <span className="card-aside">
          <ExportTable what={title} name="retention" period={{ from, to }} rows={exported} />
          <PictureButton what={t('retention.title')} period={{ from, to }} of={picture} />
        </span>
      }
    >
      <div ref={picture}>
        <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
          <table className="heat" data-testid="retention-table">
            <thead>
              <tr>
                <th scope="col">{head}<Explain name={head} text={t('retention.def.cohort')} /></th>
                <th scope="col" className="number">{t(`metric.${members}`)}<Explain name={t(`metric.${members}`)} text={t('retention.def.size')} /></th>
                {indexes.map((index) => (
                  <th key={index} scope="col" className="heat-head">
                    <span aria-hidden="true" title={later(index)}>+{index}</span>
                    <span className="sr-only">{later(index)}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              <MeanRow rows={rows} indexes={indexes} who={who} later={later} />
              {previous && <BeforeRow rows={rows} before={previous} indexes={indexes} who={who} later={later} />}
              {rows.map((row) => {
                const [size = 0] = row.people;
                const cohort = cohortName(row.cohort);
                const whole = t('retention.size', { who: who(size), cohort });
                return (
                  <tr key={row.cohort} data-cohort={row.cohort}>
                    <th scope="row">{formatBucket(row.cohort, stretch, locale, timeZone)}</th>
                    <td className="number" data-unfinished={!isFinished(row, 0) || undefined}>
                      <NumberButton
                        text={formatNumber(size, locale)}
                        title={t('retention.cell.show', { text: isFinished(row, 0) ? whole : t('retention.cell.unfinished', { text: whole }) })}
                        count={size}
                        isShown={shownIndex(row) === 0}
                        show={() => toggle(row, 0)}
                      />
                    </td>
                    {indexes.map((index) => {
                      const count = row.people[index];
                      if (count === undefined || size === 0) return <td key={index} />;
                      const share = formatRate(count / size, locale);
                      const told = t('retention.cell', { share, count: formatNumber(count, locale), who: who(size), cohort, later: later(index) });
                      const sentence = isFinished(row, index) ? told : t('retention.cell.unfinished', { text: told });
                      return (
                        // By the root, so that one large share does not leave all others pale.
                        <HeatCell
                          key={index}
                          sentence={sentence}
                          label={t('retention.cell.show', { text: sentence })}
                          strength={highest > 0 ? Math.sqrt(count / size / highest) : 0}
                          isFinished={isFinished(row, index)}
                          isShown={shownIndex(row) === index}
                          show={count > 0 ? () => toggle(row, index) : undefined}
                          tell={setTold}
                        >
                          {share}
                        </HeatCell>
                      );
                    })}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
        {indexes.length > 0 && <p className="heat-told small" aria-hidden="true" data-picture="out" data-testid="retention-told">{told || t('retention.point')}</p>}
        {hasUnfinished && <p className="quiet small heat-note"><span className="heat-sample" aria-hidden="true" />{t('retention.unfinished')}</p>}
      </div>
    </Card>
  );
}

interface MeanRowProps {
  rows: readonly Cohort[];
  indexes: readonly number[];
  who: (count: number) => string;
  later: (count: number) => string;
}

/** What all cohorts together come to. */
function MeanRow({ rows, indexes, who, later }: MeanRowProps) {
  const { t, locale } = useI18n();
  return (
    <tr className="heat-mean" data-testid="retention-mean">
      <th scope="row">{t('retention.mean')}<Explain name={t('retention.mean')} text={t('retention.def.mean')} /></th>
      <td />
      {indexes.map((index) => {
        const { share, again, people } = meanOf(rows, index);
        const text = share === null ? missing : formatRate(share, locale);
        const sentence = t('retention.cell', { share: text, count: formatNumber(again, locale), who: who(people), cohort: t('retention.mean'), later: later(index) });
        return (
          <td key={index} title={share === null ? undefined : sentence}>
            <span aria-hidden="true">{text}</span>
            {share !== null && <span className="sr-only">{sentence}</span>}
          </td>
        );
      })}
    </tr>
  );
}

/** What all cohorts of the period before come to, and how much that is less or more. */
function BeforeRow({ rows, before, indexes, who, later }: MeanRowProps & { before: readonly Cohort[] }) {
  const { t, locale } = useI18n();
  const name = t('period.previous');
  return (
    <tr className="heat-before" data-testid="retention-before">
      <th scope="row">{name}<Explain name={name} text={t('retention.def.before')} /></th>
      <td />
      {indexes.map((index) => {
        const now = meanOf(rows, index).share;
        const { share, again, people } = meanOf(before, index);
        const text = share === null ? missing : formatRate(share, locale);
        const sentence = t('retention.cell', { share: text, count: formatNumber(again, locale), who: who(people), cohort: name, later: later(index) });
        return (
          <td key={index} title={share === null ? undefined : sentence}>
            <span aria-hidden="true">{text}</span>
            {share !== null && <span className="sr-only">{sentence}</span>}
            {share !== null && now !== null && <Change change={{ unit: 'points', size: now - share }} />}
          </td>
        );
      })}
    </tr>
  );
}
