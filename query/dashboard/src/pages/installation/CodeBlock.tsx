import { useI18n } from '../../i18n/context';
import { CopyButton } from '../../ui/CopyButton';

/** Code with a button that copies it. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  const { t } = useI18n();
  return (
    <div className="code-block">
      <pre className="snippet" tabIndex={0} role="region" aria-label={t('installation.code', { what: label })}><code>{code}</code></pre>
      <CopyButton text={code} />
    </div>
  );
}
