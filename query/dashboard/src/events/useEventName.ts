import { useCallback } from 'react';
import { useI18n } from '../i18n/context';
import { splitValues } from '../state/filters';
import { useValueName } from '../ui/useValueName';
import { isChosen, valuesOfType, type ChosenEvent } from './event';

/** Names an event for people: `Order`, `/shoes, /hats`, `any page`. */
export function useEventName(): (event: ChosenEvent) => string {
  const { t } = useI18n();
  const valueName = useValueName();
  return useCallback(
    (event: ChosenEvent) => {
      const { type, value } = event;
      if (!isChosen(event)) return t('event.unchosen');
      if (value === '' && type !== 'kind') return t(`event.any.${type}`);
      return splitValues(value).map((one) => valueName(valuesOfType[type].dimension, one)).join(', ');
    },
    [t, valueName],
  );
}
