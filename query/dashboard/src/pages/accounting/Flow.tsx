import type { Counts } from '../../api/types';
import { formatNumber, formatRate } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Explain } from '../../ui/Explain';
import { flowRows, type FlowPart } from './flow-parts';

/** Two bars under each other: what was received, and what became of what was accepted. */
export function Flow({ totals }: { totals: Counts }) {
  const { t, locale } = useI18n();
  const rows = flowRows(totals);
  const name = (part: FlowPart) =>
    part.id === 'pending' ? t('accounting.pendingEvents') : part.id === 'gap' ? t('accounting.gapEvents') : t(`accounting.${part.id}`);
  const hint = (part: FlowPart) =>
    part.id === 'duplicate' || part.id === 'rejected' || part.id === 'pending' || part.id === 'written_off' ? t(`accounting.hint.${part.id}`) : '';
  return (
    <div className="flow">
      <p className="flow-total">
        <strong>{formatNumber(totals.received, locale)}</strong> {t('accounting.received').toLowerCase()}
        <Explain of="received" name={t('accounting.received')} />
      </p>
      {rows.map((row) => (
        <div key={row.id} className="flow-row" style={{ width: `${row.width * 100}%` }}>
          <div className="flow-bar" aria-hidden="true">
            {row.parts.map((part) => part.count > 0 && (
              <span key={part.id} className={`flow-part flow-${part.id}`} style={{ flexGrow: part.share }} />
            ))}
          </div>
        </div>
      ))}
      <dl className="flow-legend">
        {rows.flatMap((row) => row.parts).map((part) => (
          <div key={part.id} className={part.count === 0 ? 'is-zero' : ''}>
            <dt>
              <span className={`flow-key flow-${part.id}`} aria-hidden="true" />
              {name(part)}
              {part.id === 'accepted' && <Explain of="accepted" name={name(part)} />}
            </dt>
            <dd data-testid={`accounting-${part.id}`}>
              <b>{formatNumber(part.count, locale)}</b>
              <span className="quiet small">{[formatRate(part.share, locale), hint(part)].filter(Boolean).join(' · ')}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p className="quiet small flow-equations">
        <span>{t('accounting.equation.received')}</span>
        <span>{t(totals.written_off ? 'accounting.equation.writtenOff' : 'accounting.equation.accepted')}</span>
      </p>
    </div>
  );
}
