import type { Lifecycle } from '../../../api/types';
import { formatNumber } from '../../../format/number';
import { formatShort } from '../../../format/time';
import { useI18n } from '../../../i18n/context';
import type { Choice } from '../../../state/address';
import { useFormat } from '../../../state/site';
import { Card } from '../../../ui/Card';
import { Explain } from '../../../ui/Explain';
import { useCohortName } from '../useRetention';
import { finished, meansOf } from './figures';

interface FindingsProps {
  data: Lifecycle;
  stale: boolean;
  members: Choice<'members'>;
  stretch: Choice<'stretch'>;
}

/** What the last interval that is over says, and whether more are won than lost. */
export function Findings({ data, stale, members, stretch }: FindingsProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const bucketName = useCohortName(stretch);
  const last = finished(data.buckets).at(-1);
  const means = meansOf(data.buckets);
  // Where nobody came, nothing is compared.
  const told = data.previous && meansOf(data.previous.buckets);
  const before = told && told.won + told.lost > 0 ? told : undefined;
  const number = (value: number) => formatNumber(value, locale, value < 100 ? 1 : 0);
  if (!last || !means) return <Card stale={stale}><p data-testid="lifecycle-finding">{t('lifecycle.found.none')}</p></Card>;
  const said = (of: typeof means) => ({ won: number(of.won), lost: number(of.lost), count: of.count });
  return (
    <Card className="findings" stale={stale}>
      <p className="finding" data-testid="lifecycle-finding">
        {t('lifecycle.found', {
          when: bucketName(last.time),
          who: t(`counted.${members}`, { count: last.active }),
          fresh: formatNumber(last.new, locale),
          returning: formatNumber(last.returning, locale),
          back: formatNumber(last.resurrected, locale),
          lost: formatNumber(last.lost ?? 0, locale),
        })}
      </p>
      <p data-testid="lifecycle-ratio">
        {means.ratio === null ? t('lifecycle.ratio.none', said(means)) : t('lifecycle.ratio', { ...said(means), ratio: formatNumber(means.ratio, locale, 2) })}
        <Explain name={t('lifecycle.ratio.name')} text={t('lifecycle.def.ratio')} />
      </p>
      {data.previous && (
        <p className="quiet" data-testid="lifecycle-before">
          {t(before ? 'lifecycle.before' : 'lifecycle.before.none', {
            ...said(before ?? means),
            from: formatShort(data.previous.from, locale, timeZone),
            to: formatShort(new Date(Date.parse(data.previous.to) - 1).toISOString(), locale, timeZone),
            ratio: before?.ratio == null ? t('app.none') : formatNumber(before.ratio, locale, 2),
          })}
        </p>
      )}
    </Card>
  );
}
