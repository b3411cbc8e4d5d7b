import type { Counts } from '../../api/types';
import { formatNumber, formatRate } from '../../format/number';
import { useI18n } from '../../i18n/context';
import { Explain } from '../../ui/Explain';
import { flowRows, type FlowPart } from './flow-parts';
import type { Gap } from './verdict';

/** Two bars under each other: what was received, and what became of what was accepted. */
export function Flow({ totals, gap }: { totals: Counts; gap: Gap }) {
  const { t, locale } = useI18n();
  const rows = flowRows(totals, gap);
  const writtenOff = totals.written_off ?? 0;
  const name = (part: FlowPart) =>
    part.id === 'pending' ? t('accounting.pendingEvents') : t(`accounting.${part.id}`);
  const hint = (part: FlowPart) =>
    part.id === 'accepted' || part.id === 'stored'
      ? ''
      : t(part.id === 'written_off' && writtenOff < 0 ? 'accounting.hint.written_off_surplus' : `accounting.hint.${part.id}`);
  const term = (sign: '+' | '−', name: string, is: boolean) => (is ? ` ${sign} ${name.toLowerCase()}` : '');
  return (
    <div className="flow">
      <p className="flow-total">
        <strong>{formatNumber(totals.received, locale)}</strong> {t('accounting.received').toLowerCase()}
        <Explain of="received" name={t('accounting.received')} />
      </p>
      {rows.map((row) => (
        <div key={row.id} className="flow-row" style={{ width: `${row.width * 100}%` }}>
          <div className="flow-bar" aria-hidden="true">
            {row.parts.map((part) => part.size > 0 && (
              <span key={part.id} className={`flow-part flow-${part.id}`} style={{ flexGrow: part.size }} />
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
        <span>
          {t('accounting.equation.accepted')}
          {term(writtenOff > 0 ? '+' : '−', t('accounting.written_off'), writtenOff !== 0)}
          {term('+', t('accounting.missing'), gap.missing > 0)}
          {term('−', t('accounting.too_many'), gap.surplus > 0)}
        </span>
      </p>
    </div>
  );
}
