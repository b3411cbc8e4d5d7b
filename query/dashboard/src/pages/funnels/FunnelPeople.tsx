import { questions } from '../../api/questions';
import { useEventName } from '../../events/useEventName';
import { localDate } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { PeopleBehind } from '../../ui/PeopleBehind';
import { useValueName } from '../../ui/useValueName';
import { peopleRequestOf, type Behind } from './question';
import { ruleOfFunnel } from './rule';
import type { FunnelState } from './useFunnel';

/** The people behind a number of the funnel. */
export function FunnelPeople({ behind, funnel }: { behind: Behind; funnel: FunnelState }) {
  const { t } = useI18n();
  const { site, timezone } = useSite();
  const eventName = useEventName();
  const valueName = useValueName();
  const { asked, request, choices } = funnel;
  const { step: number, outcome, value } = behind;
  const event = asked[number - 1]?.event;
  const title = t(`funnels.behind.${outcome}`, { number, name: event ? eventName(event) : '' });
  const whom = peopleRequestOf(request, behind);
  return (
    <PeopleBehind
      title={value === undefined ? title : `${title} · ${valueName(choices.breakdown, value)}`}
      counted={(count) => t(`counted.${choices.unit}`, { count })}
      question={(cursor) => questions.funnelPeople(site, { ...whom, ...(cursor !== undefined && { cursor }) })}
      timed
      rule={ruleOfFunnel(choices, behind, localDate(Date.now(), timezone))}
      close={() => funnel.show(undefined)}
    />
  );
}
