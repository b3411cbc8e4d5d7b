import { questions } from '../../api/questions';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { PeopleBehind } from '../../ui/PeopleBehind';
import { useValueName } from '../../ui/useValueName';
import { peopleRequestOf, type Behind } from './question';
import type { PartProps } from './useAttribution';

/** The people behind a number of the table. */
export function AttributionPeople({ data, attribution, behind }: PartProps & { behind: Behind }) {
  const { t } = useI18n();
  const { site } = useSite();
  const valueName = useValueName();
  const { request, choices, show } = attribution;
  const { outcome, touchpoint } = behind;
  const name = touchpoint === undefined ? t('attribution.total') : valueName(data.group_by, touchpoint);
  const whom = peopleRequestOf(request, behind);
  return (
    <PeopleBehind
      title={t(`attribution.behind.${outcome}`, { name, model: t(`attribution.model.${choices.model}`) })}
      counted={(count) => t(`counted.${choices.members}`, { count })}
      question={(cursor) => questions.attributionPeople(site, { ...whom, ...(cursor !== undefined && { cursor }) })}
      timed
      close={() => show(undefined)}
    />
  );
}
