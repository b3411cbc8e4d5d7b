import type { ReactNode } from 'react';
import type { ApiError } from '../../api/error';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { formatEvent } from '../../events/event';
import { useI18n } from '../../i18n/context';
import { choices } from '../../state/address';
import { useChoice, useTexts } from '../../state/useAddress';
import { useDraft } from '../../state/useDraft';
import { BreakdownField } from '../../ui/BreakdownField';
import { SelectField } from '../../ui/SelectField';
import { fieldOf, formatWindow, windowUnits, type FunnelField } from './question';
import type { FunnelState } from './useFunnel';

interface OptionsProps {
  funnel: FunnelState;
  error: ApiError | undefined;
}

/** How the steps are counted, and by what. */
export function FunnelOptions({ funnel, error }: OptionsProps) {
  const { t } = useI18n();
  const [order, setOrder] = useChoice('steps_order');
  const [unit, setUnit] = useChoice('unit');
  const [trend, setTrend] = useChoice('trend');
  const [, write] = useTexts();
  const wrong = (field: FunnelField): ReactNode => fieldOf(error) === field && error && <FieldError error={error} />;
  return (
    <section className="funnel-options" aria-labelledby="funnel-options-title">
      <h2 id="funnel-options-title">{t('funnels.options')}</h2>
      <SelectField label={t('funnels.order')} values={choices.steps_order} value={order} choose={setOrder} name={(one) => t(`funnels.order.${one}`)} hint={t(`funnels.order.${order}.hint`)}>
        {wrong('order')}
      </SelectField>
      <WindowField funnel={funnel}>{wrong('window_ms')}</WindowField>
      <SelectField label={t('funnels.unit')} values={choices.unit} value={unit} choose={setUnit} name={(one) => t(`metric.${one}`)}>
        {wrong('unit')}
      </SelectField>
      <BreakdownField>{wrong('group_by')}</BreakdownField>
      <SelectField label={t('funnels.trend')} values={choices.trend} value={trend} choose={setTrend} name={(one) => t(`funnels.trend.${one}`)}>
        {wrong('interval')}
      </SelectField>
      <div className="option option-wide">
        <span className="option-name" aria-hidden="true">{t('funnels.exclude')}</span>
        <EventChooser
          label={t('funnels.exclude')}
          event={funnel.choices.exclude}
          none={t('funnels.exclude.none')}
          choose={(event) => write({ exclude: event ? formatEvent(event) : null })}
          error={fieldOf(error) === 'exclude' ? error : undefined}
        />
        <p className="quiet small">{t('funnels.exclude.hint')}</p>
      </div>
    </section>
  );
}

function WindowField({ funnel, children }: { funnel: FunnelState; children: ReactNode }) {
  const { t } = useI18n();
  const [, write] = useTexts();
  const { window } = funnel.choices;
  const [typed, type] = useDraft(String(window.count), (text) => {
    // Half of a number is none; the last one that was whole stays.
    const count = Number(text);
    if (/^\d{1,9}$/.test(text.trim()) && count > 0) write({ window: formatWindow({ ...window, count }) });
  });
  return (
    <div className="option" role="group" aria-label={t('funnels.window')}>
      <span className="option-name" aria-hidden="true">{t('funnels.window')}</span>
      <span className="option-pair">
        <input
          type="text"
          inputMode="numeric"
          aria-label={t('funnels.window.count')}
          aria-invalid={!/^\s*0*[1-9]\d*\s*$/.test(typed)}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
        <select
          className="field"
          aria-label={t('funnels.window.unit')}
          value={window.unit}
          onChange={({ target }) => {
            const unit = windowUnits.find((one) => one === target.value);
            if (unit) write({ window: formatWindow({ ...window, unit }) });
          }}
        >
          {windowUnits.map((one) => <option key={one} value={one}>{t(`funnels.window.${one}`)}</option>)}
        </select>
      </span>
      <p className="quiet small">{t('funnels.window.hint')}</p>
      {children}
    </div>
  );
}
