import { readablePath } from '../../format/address';
import { formatDuration, formatLatency } from '../../format/duration';
import { formatMoney, formatNumber, formatRate } from '../../format/number';
import { formatTime } from '../../format/time';
import { useI18n } from '../../i18n/context';
import { useFormat } from '../../state/site';
import { describe } from '../../steps/describe';
import type { Step } from '../../steps/fold';
import { lookOf, touchpointColour } from '../../steps/kinds';
import { Icon } from '../../ui/Icon';
import { Measures } from './Measures';
import { StepDetails } from './StepDetails';

interface StepViewProps {
  step: Step;
  fresh: boolean;
  oldestFirst: boolean;
  personName: string;
}

/** One step: a dot on the line, what happened, and what was measured meanwhile. */
export function StepView({ step, fresh, oldestFirst, personName }: StepViewProps) {
  const translator = useI18n();
  const { t, label } = translator;
  const { locale, timeZone } = useFormat();
  const { event } = step;
  const look = lookOf(event.kind);
  const words = describe(event, translator);
  const path = readablePath(event.path);
  const bot = event.bot !== '';
  const machine = event.verdict === 'machine';
  const doubtful = machine || event.verdict === 'proxy' || event.verdict === 'unknown';
  const classes = ['step', `tone-${look.tone}`, event.anonymous && 'step-anonymous', (bot || machine) && 'step-bot', fresh && 'step-fresh'];
  const became = step.identifies && <BecameKnown personName={personName} />;
  return (
    <>
      {oldestFirst && became}
      <li
        className={classes.filter(Boolean).join(' ')}
        data-testid="journey-step"
        data-kind={event.kind}
        data-path={event.path}
        data-anonymous={event.anonymous}
        data-event={event.event_id}
      >
        <time className="step-time quiet" dateTime={event.ts}>{formatTime(event.ts, locale, timeZone)}</time>
        <span
          className={event.anonymous ? 'dot dot-hollow' : 'dot'}
          style={{ '--dot': touchpointColour(event.touchpoint) }}
          title={label('touchpoint', event.touchpoint)}
        >
          <Icon name={bot || machine ? 'bot' : look.icon} size={17} />
        </span>
        <div className="step-body">
          <p className="step-title">
            <span className="step-subject">{words.subject}</span>
            {event.revenue && <span className="money">{formatMoney(event.revenue, locale)}</span>}
            {bot && <span className="badge badge-bot">{t('journey.bot')}</span>}
            {doubtful && <span className="badge badge-bot">{label('verdict', event.verdict)}</span>}
          </p>
          <p className="step-facts quiet">
            {words.kind && <span className="step-kind">{words.kind}</span>}
            <span className="step-touchpoint">{label('touchpoint', event.touchpoint)}</span>
            {path && path !== words.subject && <span className="mono">{path}</span>}
            {words.remark && <span>{words.remark}</span>}
            {event.duration_ms != null && <span>{t('journey.took', { time: formatLatency(event.duration_ms, locale) })}</span>}
            {event.message && event.message !== words.subject && <span>{event.message}</span>}
            {step.engaged_ms !== null && step.engaged_ms > 0 && (
              <span>{t('journey.engaged', { time: formatDuration(step.engaged_ms, locale) })}</span>
            )}
            {step.scroll_pct !== null && step.scroll_pct > 0 && (
              <span>{t('journey.scroll', { share: formatRate(Math.min(1, step.scroll_pct / 100), locale) })}</span>
            )}
            {event.anonymous && <span className="sr-only">{t('journey.anonymousStep')}</span>}
          </p>
          <Measures step={step} />
          <StepDetails step={step} numberText={(value) => formatNumber(value, locale, 3)} />
        </div>
      </li>
      {!oldestFirst && became}
    </>
  );
}

/** The moment of recognition: between the anonymous steps before and the known ones after. */
function BecameKnown({ personName }: { personName: string }) {
  const { t } = useI18n();
  return (
    <li className="became-known" data-testid="journey-identified">
      <span className="became-mark" aria-hidden="true">
        <Icon name="person" size={16} />
      </span>
      <span>
        <b>{t('journey.becameKnown', { person: personName })}</b>
        <span className="quiet">{t('journey.becameKnown.hint')}</span>
      </span>
    </li>
  );
}
