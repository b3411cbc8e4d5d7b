import { useI18n } from '../../i18n/context';
import { newComparison, type IsRow } from '../../segments/is-row';
import { Icon } from '../../ui/Icon';
import { IsFields } from './IsFields';

/** As many as a condition of this kind is ever read with. */
const where_max = 8;

interface WhereFieldsProps {
  label: string;
  /** What all of them must hold for. */
  of: 'event' | 'session';
  where: readonly IsRow[];
  change: (where: readonly IsRow[]) => void;
}

/** What must hold for the same event, or for each of the sessions: all of these. */
export function WhereFields({ label, of, where, change }: WhereFieldsProps) {
  const { t } = useI18n();
  return (
    <>
      {where.length > 0 && (
        <ul className="where" aria-label={t(`segments.where.${of}`)}>
          {where.map((row, place) => {
            const name = t('segments.where.one', { label, number: place + 1 });
            return (
              <li key={place}>
                <span className="quiet small">{t(place === 0 ? `segments.where.${of}` : 'segments.where.and')}</span>
                <IsFields label={name} row={row} change={(next) => change(where.map((one, at) => (at === place ? next : one)))} />
                <button type="button" className="icon-button" title={t('segments.row.remove', { label: name })} onClick={() => change(where.filter((_, at) => at !== place))}>
                  <Icon name="cross" size={16} />
                  <span className="sr-only">{t('segments.row.remove', { label: name })}</span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {where.length < where_max && (
        <button type="button" className="button button-quiet where-add" onClick={() => change([...where, newComparison])}>
          <Icon name="plus" size={16} />
          {t(`segments.where.add.${of}`)}
          <span className="sr-only">, {label}</span>
        </button>
      )}
    </>
  );
}
