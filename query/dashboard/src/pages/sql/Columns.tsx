import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asApiError } from '../../api/error';
import { useI18n } from '../../i18n/context';
import { useSite } from '../../state/site';
import { ErrorState, Skeleton } from '../../ui/states';
import { ask } from './ask';

const views = ['events', 'visits', 'people'] as const;
type View = (typeof views)[number];

/** What there is to read: the views with their columns, each of which goes into the statement when it is pressed. */
export function Columns({ insert }: { insert: (text: string) => void }) {
  const { t } = useI18n();
  const [open, setOpen] = useState<readonly View[]>([]);
  return (
    <div className="sql-views">
      <p className="quiet small">{t('sql.columns.hint')}</p>
      {views.map((view) => (
        <details
          key={view}
          onToggle={({ currentTarget }) => setOpen((before) => [...before.filter((one) => one !== view), ...(currentTarget.open ? [view] : [])])}
        >
          <summary><code>{view}</code> <span className="quiet small">{t(`sql.view.${view}`)}</span></summary>
          {open.includes(view) && <ColumnsOf view={view} insert={insert} />}
        </details>
      ))}
    </div>
  );
}

function ColumnsOf({ view, insert }: { view: View; insert: (text: string) => void }) {
  const { t } = useI18n();
  const { site } = useSite();
  const columns = useQuery({
    queryKey: ['sql-columns', site, view],
    queryFn: ({ signal }) => ask(site, { query: `DESCRIBE ${view}` }, signal),
    staleTime: Infinity,
  });
  if (columns.error) return <ErrorState error={asApiError(columns.error)} retry={() => void columns.refetch()} />;
  if (!columns.data) return <Skeleton lines={4} />;
  return (
    <ul className="sql-columns" aria-label={t('sql.columns.of', { view })}>
      {[[view, ''], ...columns.data.rows].map(([name, type], place) => (
        <li key={name}>
          <button type="button" className="link-button" onClick={() => insert(name ?? '')} aria-label={t('sql.insert', { name: name ?? '' })}>
            <code>{place === 0 ? t('sql.view.name', { view }) : name}</code>
          </button>
          <span className="quiet small">{plainType(type ?? '')}</span>
        </li>
      ))}
    </ul>
  );
}

/** How texts are kept is nobody's affair here. */
function plainType(type: string): string {
  return type.replace(/LowCardinality\(((?:[^()]|\([^()]*\))*)\)/g, '$1');
}
