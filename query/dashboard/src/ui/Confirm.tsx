import { useEffect, useRef, useState } from 'react';
import { useI18n } from '../i18n/context';

interface ConfirmProps {
  /** What is done, as the button says it. */
  label: string;
  /** To what. */
  what: string;
  question: string;
  consequence: string;
  busy: boolean;
  confirm: () => void;
}

/** A button that asks, and says what will be, before it takes something away. */
export function Confirm({ label, what, question, consequence, busy, confirm }: ConfirmProps) {
  const { t } = useI18n();
  const [asked, setAsked] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asked) cancel.current?.focus();
  }, [asked]);
  if (!asked) {
    return (
      <button type="button" className="button button-quiet" onClick={() => setAsked(true)} aria-label={`${label} ${what}`}>
        {label}
      </button>
    );
  }
  return (
    <div className="confirm" role="group" aria-label={question}>
      <p><b>{question}</b> {consequence}</p>
      <button type="button" className="button button-danger" disabled={busy} onClick={confirm}>{label}</button>
      <button type="button" className="button" ref={cancel} onClick={() => setAsked(false)}>{t('settings.cancel')}</button>
    </div>
  );
}
