import { useState } from 'react';
import { useI18n } from '../i18n/context';
import { Icon } from './Icon';

export function CopyButton({ text }: { text: string }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    // Refused without a secure context; the text stays selectable then.
    await navigator.clipboard?.writeText(text).then(() => setCopied(true), () => undefined);
  };
  return (
    <button type="button" className="button button-quiet" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} size={16} />
      <span aria-live="polite">{copied ? t('app.copied') : t('app.copy')}</span>
    </button>
  );
}
