import type { Alert } from '../../api/types';
import { useI18n } from '../../i18n/context';
import { Icon } from '../../ui/Icon';

const ratings: Readonly<Record<Alert['state'], string>> = {
  firing: 'rating-poor',
  error: 'rating-needs_improvement',
  no_data: 'rating-needs_improvement',
  new: '',
  ok: 'rating-good',
};

/** The state of an alert in a word, and whether somebody knows. */
export function AlertState({ alert: { state, is_on: isOn, acknowledged } }: { alert: Alert }) {
  const { t } = useI18n();
  if (!isOn) return <span className="badge">{t('alerts.off')}</span>;
  return (
    <>
      <span className={`badge ${ratings[state]}`}>
        {state === 'firing' && <Icon name="warning" size={14} />}
        {t(`alerts.state.${state}`)}
      </span>
      {acknowledged != null && <span className="quiet small second">{t('alerts.acknowledged.by', { by: acknowledged.by })}</span>}
    </>
  );
}
