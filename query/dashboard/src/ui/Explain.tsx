import { useId, useRef, type ToggleEvent } from 'react';
import { useI18n } from '../i18n/context';

/** Pixels between the panel and the edges of the window, and between it and its button. */
const edge = 12;
const gap = 6;

interface ExplainProps {
  /** Which definition: its name in the dictionary, without `definition.`. */
  of?: string;
  /** What is said instead, where the number is one of this page only. */
  text?: string;
  /** What is explained, as it stands beside. */
  name: string;
}

/** What a number means, behind a small button: by mouse, finger and keyboard; a screen reader reads it with the button. */
export function Explain({ of = '', text, name }: ExplainProps) {
  const { t, named } = useI18n();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLSpanElement>(null);
  const sentence = text ?? named('definition', of);
  if (sentence === undefined) return null;
  // In the layer above the page, where no table that scrolls cuts it off; so it is placed by hand.
  const place = (event: ToggleEvent) => {
    if (event.newState !== 'open' || !button.current || !panel.current) return;
    const at = button.current.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel.current;
    const below = at.bottom + gap;
    const top = below + height > window.innerHeight - edge ? Math.max(edge, at.top - gap - height) : below;
    panel.current.style.left = `${Math.max(edge, Math.min(at.left - edge, window.innerWidth - width - edge))}px`;
    panel.current.style.top = `${top}px`;
  };
  return (
    <>
      <button
        type="button"
        ref={button}
        className="explain"
        popoverTarget={id}
        aria-label={t('definition', { name })}
        aria-describedby={id}
        onClick={(event) => event.stopPropagation()}
      >
        <span aria-hidden="true">?</span>
      </button>
      <span ref={panel} id={id} popover="auto" className="explain-panel" role="note" onToggle={place}>
        <b>{name}</b>
        {sentence}
      </span>
    </>
  );
}
