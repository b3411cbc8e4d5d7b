import { Component, type ReactNode } from 'react';
import { useI18n } from '../i18n/context';

/** Keeps the frame standing when one page fails, a chunk of an older version included. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const { t } = useI18n();
  return (
    <div className="state" role="alert">
      <h1>{t('error.crash')}</h1>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        {t('error.reload')}
      </button>
    </div>
  );
}
