import { useEffect, useRef, useState } from 'react';
import type { ApiError } from '../../api/error';
import { unchosen, type ChosenEvent } from '../../events/event';
import { EventChooser } from '../../events/EventChooser';
import { FieldError } from '../../events/FieldError';
import { useI18n } from '../../i18n/context';
import { Icon, type IconName } from '../../ui/Icon';
import { fieldOf, placeOf, steps_max, steps_min } from './question';
import type { FunnelState } from './useFunnel';

type Act = 'up' | 'down' | 'remove';
const icons: Readonly<Record<Act, IconName>> = { up: 'up', down: 'down', remove: 'cross' };

/** The steps of a funnel: each is chosen, moved and taken out by itself. */
export function StepList({ funnel, error }: { funnel: FunnelState; error: ApiError | undefined }) {
  const { t } = useI18n();
  const { steps, changeSteps, asked } = funnel;
  const list = useRef<HTMLOListElement>(null);
  const [moved, setMoved] = useState<{ readonly act: Act; readonly place: number }>();
  const wrong = placeOf(error, asked);

  // The focus goes along with the step, so that it can be moved on by the same key.
  useEffect(() => {
    if (!moved) return;
    const row = list.current?.children[moved.place];
    const button = row?.querySelector<HTMLButtonElement>(`[data-act=${moved.act}]:not(:disabled)`);
    (button ?? row?.querySelector('select'))?.focus();
  }, [moved]);

  const act = (name: Act, place: number) => {
    const other = place + (name === 'up' ? -1 : 1);
    changeSteps((before) => (name === 'remove' ? before.filter((_, at) => at !== place) : swapped(before, place, other)));
    setMoved({ act: name, place: name === 'remove' ? Math.max(0, place - 1) : other });
  };
  const allowed = (name: Act, place: number) =>
    name === 'up' ? place > 0 : name === 'down' ? place < steps.length - 1 : steps.length > steps_min;
  return (
    <section className="funnel-list" aria-labelledby="funnel-steps-title">
      <h2 id="funnel-steps-title">{t('funnels.steps')}</h2>
      <ol ref={list}>
        {steps.map((event, place) => {
          const number = place + 1;
          return (
            // A step has no name but its place.
            <li key={place} data-testid="funnel-step">
              <span className="step-number" aria-hidden="true">{number}</span>
              <EventChooser
                label={t('funnels.step', { number })}
                event={event}
                choose={(chosen) => changeSteps((before) => before.map((one, at) => (at === place ? (chosen ?? unchosen) : one)))}
                error={wrong === place ? error : undefined}
              />
              <span className="step-acts">
                {(['up', 'down', 'remove'] as const).map((name) => (
                  <button
                    key={name}
                    type="button"
                    className="icon-button"
                    data-act={name}
                    disabled={!allowed(name, place)}
                    title={t(`funnels.${name}`, { number })}
                    onClick={() => act(name, place)}
                  >
                    <Icon name={icons[name]} size={18} />
                    <span className="sr-only">{t(`funnels.${name}`, { number })}</span>
                  </button>
                ))}
              </span>
            </li>
          );
        })}
      </ol>
      {fieldOf(error) === 'steps' && wrong === undefined && error && <FieldError error={error} />}
      <button
        type="button"
        className="button button-quiet"
        disabled={steps.length >= steps_max}
        onClick={() => {
          changeSteps((before) => [...before, unchosen]);
          setMoved({ act: 'up', place: steps.length });
        }}
      >
        <Icon name="plus" size={16} />
        {t('funnels.add')}
      </button>
      <p className="quiet small">{t('funnels.steps.hint')}</p>
      <p className="sr-only" role="status">{moved && moved.act !== 'remove' ? t('funnels.moved', { number: moved.place + 1 }) : ''}</p>
    </section>
  );
}

function swapped(steps: readonly ChosenEvent[], one: number, other: number): ChosenEvent[] {
  return steps.map((step, at) => (at === one ? steps[other] : at === other ? steps[one] : step) ?? step);
}
