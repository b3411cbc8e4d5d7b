import { formatNumber } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { NumberButton } from '../../ui/NumberButton';
import type { Behind } from './question';
import type { FunnelState } from './useFunnel';

/** A number of the funnel, which shows the people behind it. */
export function PeopleButton({ funnel, behind, count }: { funnel: FunnelState; behind: Behind; count: number }) {
  const { t, locale } = useI18n();
  const { unit } = funnel.choices;
  const shown = funnel.behind;
  const isShown = shown?.step === behind.step && shown.outcome === behind.outcome && shown.value === behind.value;
  return (
    <NumberButton
      text={formatNumber(count, locale)}
      title={t(`funnels.show.${behind.outcome}`, { who: t(`counted.${unit}`, { count }), number: behind.step })}
      count={count}
      isShown={isShown}
      show={() => funnel.show(isShown ? undefined : behind)}
    />
  );
}
