import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ApiError } from '../api/client';
import { problemText } from '../format/codes';
import { useI18n } from '../i18n/context';
import { Icon } from './Icon';
import { Mark } from './Mark';

/** Says in the reader's words what went wrong, names the field, offers another try. */
export function ErrorState({ error, retry }: { error: ApiError; retry: () => void }) {
  const { t } = useI18n();
  const message = useErrorMessage(error);
  return (
    <div className="state state-error" role="alert">
      <Icon name="warning" size={28} />
      <h2>{t('error.title')}</h2>
      <p>{message}</p>
      {error.field && <p className="quiet">{t('error.field', { field: error.field })}</p>}
      <button type="button" className="button" onClick={retry}>
        {t('error.retry')}
      </button>
    </div>
  );
}

export function useErrorMessage(error: ApiError): string {
  return problemText(error, useI18n());
}

interface EmptyStateProps {
  title: string;
  hint?: string;
  action?: { label: string; to: string };
  children?: ReactNode;
}

export function EmptyState({ title, hint, action, children }: EmptyStateProps) {
  return (
    <div className="state">
      <span className="state-mark">
        <Mark size={40} />
      </span>
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {action && (
        <Link className="button" to={action.to}>
          {action.label}
        </Link>
      )}
      {children}
    </div>
  );
}

/** Grey shapes where content will be; `lines` bars under each other. */
export function Skeleton({ lines = 4, tall = false }: { lines?: number; tall?: boolean }) {
  const { t } = useI18n();
  return (
    <div className={tall ? 'skeleton skeleton-tall' : 'skeleton'} role="status">
      <span className="sr-only">{t('app.loading')}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton-line" style={{ width: `${92 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function PageSkeleton() {
  return (
    <div className="page-skeleton">
      <Skeleton lines={1} />
      <Skeleton lines={1} tall />
      <Skeleton lines={6} />
    </div>
  );
}
