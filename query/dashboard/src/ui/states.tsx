import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ApiError } from '../api/error';
import { problemText } from '../format/codes';
import { useI18n } from '../i18n/context';
import { Icon } from './Icon';
import { Mark } from './Mark';

interface ErrorStateProps {
  error: ApiError;
  retry: () => void;
  /** It stands for the whole page, so it is the page's heading. */
  whole?: boolean;
}

/** Says in the reader's words what went wrong, names the field, offers another try. */
export function ErrorState({ error, retry, whole = false }: ErrorStateProps) {
  const { t } = useI18n();
  const Heading = whole ? 'h1' : 'h2';
  const message = useErrorMessage(error);
  return (
    <div className="state state-error" role="alert">
      <Icon name="warning" size={28} />
      <Heading>{t('error.title')}</Heading>
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
  /** It stands for the whole page, so it is the page's heading. */
  whole?: boolean;
  children?: ReactNode;
}

export function EmptyState({ title, hint, action, whole = false, children }: EmptyStateProps) {
  const Heading = whole ? 'h1' : 'h2';
  return (
    <div className="state">
      <span className="state-mark">
        <Mark size={40} />
      </span>
      <Heading>{title}</Heading>
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

/** A page of which nothing is known yet; even that has a heading. */
export function PageSkeleton() {
  const { t } = useI18n();
  return (
    <div className="page-skeleton">
      <h1 className="sr-only">{t('app.loading')}</h1>
      <Skeleton lines={1} />
      <Skeleton lines={1} tall />
      <Skeleton lines={6} />
    </div>
  );
}
