import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { changes } from '../../api/changes';
import { useI18n } from '../../i18n/context';
import { segmentPath } from '../../segments/link';
import { readIds } from '../../segments/people-ids';
import { segmentError } from '../../segments/problem';
import { useSite } from '../../state/site';
import { useTexts } from '../../state/useAddress';
import { useDraft } from '../../state/useDraft';
import { Card } from '../../ui/Card';
import { errorOf, NameField } from './fields';
import { people_max, PeopleField } from './PeopleField';
import { SaveBar } from './SaveBar';

/** A segment of people who are named one by one. */
export function ListBuilder() {
  const { t } = useI18n();
  const { site } = useSite();
  const navigate = useNavigate();
  const [read, write] = useTexts();
  const [name, setName, settle] = useDraft(read('name') ?? '', (called) => write({ name: called }));
  const [text, setText, forget] = useKeptText(`orma.segment-list.${site}`);
  const found = useMemo(() => readIds(text), [text]);
  const [isTried, setIsTried] = useState(false);
  const saving = useMutation({
    mutationFn: async () => {
      const { segment } = await changes.addSegment(site, { name: name.trim(), people: [...found.ids] });
      forget();
      await navigate(segmentPath(site, segment));
    },
  });
  const problem = segmentError(saving.error);
  const isMissing = name.trim() === '' || found.ids.length === 0;
  return (
    <Card>
      <div className="builder-list" onBlur={settle}>
        <NameField name={name} change={setName} error={errorOf(problem, 'name')} isMissing={isTried && name.trim() === ''} />
        <PeopleField label={t('segments.list.people')} text={text} change={setText} read={found} />
        <SaveBar
          label={t('segments.save')}
          busy={saving.isPending}
          save={() => {
            setIsTried(true);
            if (!isMissing && found.ids.length <= people_max) saving.mutate();
          }}
          problem={problem}
          missing={isTried && isMissing}
        />
      </div>
    </Card>
  );
}

/** A text that is too long for an address: it is kept for this tab, where the browser lets it be. */
function useKeptText(key: string): [string, (text: string) => void, () => void] {
  const [text, setText] = useState(() => readKept(key));
  useEffect(() => keep(key, text), [key, text]);
  return [text, setText, () => keep(key, '')];
}

function keep(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Full or forbidden; it then lasts until the page is left.
  }
}

function readKept(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}
