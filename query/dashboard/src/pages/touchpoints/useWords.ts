import type { TouchpointCell } from '../../api/types';
import { formatDuration, inWords } from '../../format/duration';
import { formatNumber, formatRate, missing } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { useValueName } from '../../ui/useValueName';
import { shadeOf, type Shade } from './figures';
import { placeOf, type Place, type TouchpointChoices } from './question';

/** What the page says of places. */
export function useWords({ members, lostAfter }: Pick<TouchpointChoices, 'members' | 'lostAfter'>) {
  const { t, locale } = useI18n();
  const valueName = useValueName();
  const days = inWords(Number(lostAfter), 'day', locale);
  const who = (count: number) => t(`counted.${members}`, { count });
  const duration = (ms: number | null | undefined) => (ms === null || ms === undefined ? missing : formatDuration(ms, locale));
  const rate = (share: number | null | undefined) => (share === null || share === undefined ? missing : formatRate(share, locale));
  const stageName = (stage: string) => (stage === '' ? t('touchpoints.noStage') : valueName('stage', stage));
  const touchpointName = (touchpoint: string) => (touchpoint === '' ? t('touchpoints.none') : valueName('touchpoint', touchpoint));
  /** `Newsletter · Before the purchase`. */
  const placeName = ({ touchpoint, stage }: Place) => (stage === undefined ? touchpointName(touchpoint) : `${touchpointName(touchpoint)} · ${stageName(stage)}`);
  /** The number that colours a place, as it is written. */
  const number = (cell: TouchpointCell, shade: Shade) => {
    const value = shadeOf(cell, shade);
    if (value === null) return missing;
    if (shade === 'people') return formatNumber(value, locale);
    return shade === 'wait' ? duration(value) : rate(value);
  };
  /** The number with what it counts. */
  const sentence = (cell: TouchpointCell, shade: Shade) => {
    const place = placeName(placeOf(cell));
    switch (shade) {
      case 'people':
        return t('touchpoints.told.people', { place, who: who(cell.people), share: rate(cell.conversion_rate) });
      case 'lost':
        return cell.lost_share === null || cell.lost_share === undefined
          ? t('touchpoints.told.unknown', { place, who: who(cell.people) })
          : t('touchpoints.told.lost', { place, share: rate(cell.lost_share), lost: cell.lost, count: cell.moved + cell.lost, days });
      case 'wait':
        return cell.wait.median_ms === null || cell.wait.median_ms === undefined
          ? t('touchpoints.told.noWait', { place })
          : t('touchpoints.told.wait', { place, wait: duration(cell.wait.median_ms), count: cell.moved });
      case 'converted':
        return t('touchpoints.told.converted', { place, share: rate(cell.conversion_rate), converted: cell.converted, who: who(cell.people) });
    }
  };
  /** What the number is, in a word. */
  const shadeName = (shade: Shade) => (shade === 'people' ? t(`metric.${members}`) : t(`touchpoints.shade.${shade}`));
  return { who, days, shadeName, duration, rate, stageName, touchpointName, placeName, number, sentence };
}

export type Words = ReturnType<typeof useWords>;
