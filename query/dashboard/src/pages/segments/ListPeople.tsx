import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { changes } from '../../api/changes';
import { asApiError } from '../../api/error';
import type { Segment } from '../../api/types';
import { problemText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import { readIds } from '../../segments/people-ids';
import { useSite } from '../../state/site';
import { people_max, PeopleField } from './PeopleField';
import { useAgain } from './useAgain';

/** Adds people to a list and takes others off it. */
export function ListPeople({ segment: { segment } }: { segment: Segment }) {
  const again = useAgain(segment);
  const i18n = useI18n();
  const { t } = i18n;
  const { site } = useSite();
  const [text, setText] = useState('');
  const found = useMemo(() => readIds(text), [text]);
  const changing = useMutation({
    mutationFn: (what: 'add' | 'remove') => changes.changeSegmentPeople(site, segment, { [what]: [...found.ids] }),
    onSuccess: () => {
      setText('');
      again();
    },
  });
  const isReady = found.ids.length > 0 && found.ids.length <= people_max && !changing.isPending;
  return (
    <details className="card segment-more">
      <summary>{t('segments.list.change')}</summary>
      <PeopleField label={t('segments.list.people')} text={text} change={setText} read={found} />
      <div className="save-bar">
        <button type="button" className="button button-main" disabled={!isReady} onClick={() => changing.mutate('add')}>{t('segments.list.add')}</button>
        <button type="button" className="button" disabled={!isReady} onClick={() => changing.mutate('remove')}>{t('segments.list.removeAll')}</button>
        <p role="status">
          {changing.error ? problemText(asApiError(changing.error), i18n) : changing.data && t('segments.list.changed', { added: changing.data.added, removed: changing.data.removed })}
        </p>
      </div>
    </details>
  );
}
