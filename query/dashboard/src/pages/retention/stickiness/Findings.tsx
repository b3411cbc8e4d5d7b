import type { Stickiness } from '../../../api/types';
import { formatNumber, formatRate } from '../../../format/number';
import { formatShort } from '../../../format/time';
import { useI18n } from '../../../i18n/context';
import type { Choice } from '../../../state/address';
import { useFormat } from '../../../state/site';
import { Card } from '../../../ui/Card';
import { Change } from '../../../ui/Change';
import { Explain } from '../../../ui/Explain';
import type { Presence } from '../usePresence';

export interface PartProps {
  data: Stickiness;
  stale: boolean;
  beat: Choice<'beat'>;
  presence: Presence;
}

/** How often the mean person comes, how many come once, and which part of a month's comes on a day. */
export function Findings({ data, stale, beat, presence: { members } }: PartProps) {
  const { t } = useI18n();
  const { locale, timeZone } = useFormat();
  const count = (number: number) => t(`stickiness.count.${beat}`, { count: number });
  const once = data.distribution[0] ?? 0;
  const ratio = data.rolling?.daily_of_monthly;
  const before = data.previous;
  const ratioBefore = before?.rolling?.daily_of_monthly;
  return (
    <Card className="findings" stale={stale}>
      <p className="finding" data-testid="stickiness-finding">
        {t('stickiness.found', {
          who: t(`counted.${members}`, { count: data.people }),
          mean: formatNumber(data.mean ?? 0, locale, 1),
          all: count(data.intervals),
          once: formatRate(once / data.people, locale),
          one: count(1),
        })}
      </p>
      {ratio != null && (
        <p data-testid="stickiness-ratio">
          {t('stickiness.ratio', { share: formatRate(ratio, locale), days: formatNumber(ratio * 30, locale, 1) })}
          <Explain name="DAU / MAU" text={t('stickiness.def.ratio')} />
        </p>
      )}
      {before && (
        <p data-testid="stickiness-before">
          {ratio != null && ratioBefore != null && <Change change={{ unit: 'points', size: ratio - ratioBefore }} />}{' '}
          <span className="quiet">
            {t(ratioBefore == null ? 'stickiness.before' : 'stickiness.before.ratio', {
              from: formatShort(before.from, locale, timeZone),
              to: formatShort(new Date(Date.parse(before.to) - 1).toISOString(), locale, timeZone),
              mean: formatNumber(before.mean ?? 0, locale, 1),
              all: count(before.intervals),
              who: t(`counted.${members}`, { count: before.people }),
              share: formatRate(ratioBefore ?? 0, locale),
            })}
          </span>
        </p>
      )}
    </Card>
  );
}
