import { questions } from '../../api/questions';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { PeopleBehind } from '../../ui/PeopleBehind';
import { useValueName } from '../../ui/useValueName';
import { peopleRequestOf, type Behind, type Place } from './question';
import type { TouchpointsState } from './useTouchpoints';
import { useWords } from './useWords';

/** The people behind a number of a place. */
export function PlacePeople({ place, behind, touchpoints }: { place: Place; behind: Behind; touchpoints: TouchpointsState }) {
  const { t } = useI18n();
  const { site } = useSite();
  const valueName = useValueName();
  const { choices, request } = touchpoints;
  const words = useWords(choices);
  const { outcome, next, group } = behind;
  const title = t(`touchpoints.behind.${outcome}`, { place: words.placeName(place), next: next ? words.placeName(next) : '' });
  const whom = peopleRequestOf(request, place, behind);
  return (
    <PeopleBehind
      title={group === undefined ? title : `${title} · ${valueName(choices.breakdown, group)}`}
      counted={words.who}
      question={(cursor) => questions.touchpointPeople(site, { ...whom, ...(cursor !== undefined && { cursor }) })}
      timed
      close={() => (group === undefined ? touchpoints.show(place, undefined) : touchpoints.look(undefined))}
    />
  );
}
