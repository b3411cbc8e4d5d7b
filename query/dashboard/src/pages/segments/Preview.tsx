import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ApiError } from '../../api/error';
import type { SegmentPreview } from '../../api/types';
import type { Answer } from '../../api/useAnswer';
import { formatNumber, formatRate } from '../../format/number';
import { formatMoment, formatShort } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { placeOf, type Asked } from '../../segments/asked';
import { personPath } from '../../state/address';
import { useFormat, useSite } from '../../state/site';
import { Avatar } from '../../ui/Avatar';
import { Skeleton, useErrorMessage } from '../../ui/states';

interface PreviewProps {
  answer: Answer<SegmentPreview>;
  asked: Asked;
  /** What is done with the rule: it stands above those who are many. */
  children: ReactNode;
}

/** For how many people the rule holds now, and some of them. */
export function Preview({ answer: { data, stale, error }, asked, children }: PreviewProps) {
  const isShown = data !== undefined && !error;
  return (
    <>
      {error ? <PreviewError error={error} asked={asked} /> : data ? <Count data={data} stale={stale} asked={asked} /> : <Skeleton lines={2} />}
      {children}
      {isShown && data.sample.length > 0 && <Sample sample={data.sample} stale={stale} />}
    </>
  );
}

function Count({ data: { people, of }, stale, asked }: { data: SegmentPreview; stale: boolean; asked: Asked }) {
  const { t, locale } = useI18n();
  const share = of > 0 ? ` (${formatRate(people / of, locale)})` : '';
  return (
    <div className="preview" data-stale={stale || undefined}>
      <p className="preview-count" role="status" data-testid="preview-count">
        <b>{formatNumber(people, locale)}</b> {t('segments.preview.of', { count: of })}{share}
      </p>
      {asked.incomplete.length > 0 && <p className="quiet small">{t('segments.preview.without', { count: asked.incomplete.length })}</p>}
    </div>
  );
}

function PreviewError({ error, asked }: { error: ApiError; asked: Asked }) {
  const { t } = useI18n();
  const message = useErrorMessage(error);
  if (placeOf(error, asked) !== undefined || error.field === 'days') return <p className="quiet" role="status">{t('event.mend.hint')}</p>;
  return <p className="form-error" role="alert">{message}</p>;
}

function Sample({ sample, stale }: { sample: SegmentPreview['sample']; stale: boolean }) {
  const { t, locale } = useI18n();
  const { timeZone } = useFormat();
  const { site } = useSite();
  return (
    <div className="preview" data-stale={stale || undefined}>
      <h3 className="small">{t('segments.preview.sample')}</h3>
      <ul className="behind preview-sample">
        {sample.map(({ person, identified, at }) => {
          const name = identified ? person : t('people.anonymous');
          return (
            <li key={person}>
              <Avatar name={name} identified={identified} />
              <span>
                <Link to={personPath(site, person)}>{name}</Link>
                {!identified && <span className="quiet small behind-id">{person}</span>}
                <time className="quiet small" dateTime={at} title={formatMoment(at, locale, timeZone)}>{formatShort(at, locale, timeZone)}</time>
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
