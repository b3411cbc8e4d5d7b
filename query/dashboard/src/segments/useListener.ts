import { useMemo } from 'react';
import { useI18n } from '../i18n/context';
import { useValueName } from '../ui/useValueName';
import type { Listener } from './sentence';

interface Named {
  readonly segment: string;
  readonly name: string;
}

/** The reader of the page, as somebody whom sentences are told to. */
export function useListener(segments: readonly Named[]): Listener {
  const i18n = useI18n();
  const valueName = useValueName();
  return useMemo(
    () => ({ i18n, valueName, segmentName: (segment) => segments.find((one) => one.segment === segment)?.name }),
    [i18n, valueName, segments],
  );
}
