import { questions } from '../../api/questions';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { PeopleBehind } from '../../ui/PeopleBehind';
import { useValueName } from '../../ui/useValueName';
import { peopleRequestOf, type Behind } from './question';
import type { PartProps } from './useJourneys';
import { useWords } from './useWords';

/** The people behind a number of the journeys. */
export function JourneyPeople({ behind, data, journeys }: PartProps & { behind: Behind }) {
  const { t } = useI18n();
  const { site } = useSite();
  const valueName = useValueName();
  const words = useWords(data, journeys);
  const { variant, edge, difference, outcome, group } = behind;
  const part = edge ?? difference;
  const names = variant?.nodes.map(words.name) ?? [];
  const way = variant ? (names.length === 0 ? t('journeys.atOnce') : names.join(' → ') + (variant.is_cut ? ' → …' : '')) : part ? words.partName(part) : t('journeys.behind.all');
  const of = outcome ? [t(outcome === 'converted' ? (words.isBought ? 'journeys.behind.bought' : 'journeys.behind.converted') : words.isBought ? 'journeys.behind.notBought' : 'journeys.behind.notConverted')] : [];
  const title = [way, ...of, ...(group === undefined ? [] : [valueName(journeys.choices.breakdown, group)])].join(' · ');
  const whom = peopleRequestOf(journeys.request, behind);
  return (
    <PeopleBehind
      title={title}
      counted={words.who}
      question={(cursor) => questions.journeyPeople(site, { ...whom, ...(cursor !== undefined && { cursor }) })}
      timed
      close={journeys.close}
    />
  );
}
