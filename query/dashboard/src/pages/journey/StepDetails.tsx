import { readableAddress } from '../../format/address';
import { propertyText, verdictReasonText } from '../../format/codes';
import { useI18n } from '../../i18n/context';
import type { Step } from '../../steps/fold';

/** Everything the event carries that has no place on the line, on demand. */
export function StepDetails({ step, numberText }: { step: Step; numberText: (value: number) => string }) {
  const i18n = useI18n();
  const { t, label } = i18n;
  const { event } = step;
  const rows: [string, string][] = [
    [t('journey.detail.name'), event.name],
    [t('journey.detail.address'), event.host && event.path ? readableAddress(`${event.host}${event.path}`) : ''],
    [t('journey.detail.referrer'), readableAddress(event.referrer)],
    [t('journey.detail.target'), event.target],
    [t('journey.detail.campaign'), event.campaign],
    [t('journey.detail.message'), event.message],
    [t('journey.detail.link'), readableAddress(event.link)],
    [t('journey.detail.version'), event.app_version],
    [t('journey.detail.stage'), event.stage === '' ? '' : label('stage', event.stage)],
    [t('journey.detail.bot'), event.bot],
    [t('journey.detail.verdict'), event.verdict === '' ? '' : `${label('verdict', event.verdict)} (${verdictReasonText(event.verdict_reason, i18n)})`],
    ...Object.entries(event.props).map(([name, value]) => propertyText(name, value, i18n)),
    [t('journey.detail.id'), event.event_id],
  ];
  return (
    <details className="step-details">
      <summary>
        {t('journey.details')}
        {step.folded > 0 && <span className="quiet"> · {t('journey.foldedInto', { count: step.folded })}</span>}
      </summary>
      <dl>
        {rows.map(([name, value], index) =>
          value === '' ? null : (
            <div key={`${index}-${name}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
        {event.value != null && (
          <div>
            <dt>{t('filter.value')}</dt>
            <dd>{numberText(event.value)}</dd>
          </div>
        )}
      </dl>
    </details>
  );
}
