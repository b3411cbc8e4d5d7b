import { useCallback } from 'react';
import { readableHost, readablePath } from '../format/address';
import { countryName, languageName } from '../format/names';
import { useI18n } from '../i18n/context';

/** What an address says or does not say. */
const unset = ['campaign', 'utm_source', 'utm_medium', 'utm_content', 'utm_term', 'product_category'];

/** Names a value of a dimension for people: `IT` → Italia, `organic_search` → Ricerca organica. */
export function useValueName(): (dimension: string, value: string) => string {
  const { t, label, locale } = useI18n();
  return useCallback(
    (dimension: string, value: string) => {
      if (value === '') {
        if (dimension === 'source') return label('channel', 'direct');
        return unset.includes(dimension) ? t('app.none') : t('app.unknown');
      }
      switch (dimension) {
        case 'country':
          return countryName(value, locale);
        case 'language':
          return languageName(value, locale);
        case 'page':
        case 'entry_page':
        case 'exit_page':
          return readablePath(value);
        case 'host':
        case 'source':
          return readableHost(value);
        case 'device_class':
          return label('device', value);
        case 'channel':
        case 'kind':
        case 'touchpoint':
        case 'stage':
          return label(dimension, value);
        default:
          return value;
      }
    },
    [t, label, locale],
  );
}
