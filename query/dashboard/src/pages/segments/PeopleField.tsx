import { useId } from 'react';
import { useI18n } from '../../i18n/context';
import type { ReadIds } from '../../segments/people-ids';

/** Of a file that is read into the page. */
export const people_max = 100_000;

interface PeopleFieldProps {
  label: string;
  text: string;
  change: (text: string) => void;
  read: ReadIds;
}

/** People by their ids: pasted, typed, or out of a file. */
export function PeopleField({ label, text, change, read }: PeopleFieldProps) {
  const { t } = useI18n();
  const id = useId();
  const { ids, duplicates, hasHead } = read;
  const told = [
    t('counted.people', { count: ids.length }),
    ...(duplicates > 0 ? [t('segments.list.duplicates', { count: duplicates })] : []),
    ...(hasHead ? [t('segments.list.head')] : []),
    ...(ids.length > people_max ? [t('problem.too_many_people')] : []),
  ];
  return (
    <div className="option people-field">
      <label htmlFor={id} className="option-name">{label}</label>
      <textarea id={id} rows={8} value={text} spellCheck={false} autoCapitalize="off" aria-describedby={`${id}-hint`} placeholder={'anna@example.it\nmario@example.it'} onChange={(event) => change(event.target.value)} />
      <p id={`${id}-hint`} className="quiet small">{t('segments.list.hint')}</p>
      <div className="row-line">
        <label className="button file-button">
          {t('segments.list.upload')}
          <input
            type="file"
            className="sr-only"
            accept=".csv,.txt,text/csv,text/plain"
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              // The same file can be chosen again.
              void file?.text().then(change).finally(() => (target.value = ''));
            }}
          />
        </label>
        <p role="status" data-testid="people-read">{ids.length > 0 ? told.join(' · ') : ''}</p>
      </div>
    </div>
  );
}
