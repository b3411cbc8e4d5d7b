import type { ReactNode } from 'react';
import type { Answer } from '../../api/useAnswer';
import { useI18n } from '../../i18n/context';
import { Answered } from '../../ui/Answered';
import { Card } from '../../ui/Card';
import { EmptyState, Skeleton } from '../../ui/states';
import { fieldOf } from './PresenceOptions';

interface PresenceAnswerProps<T> {
  isReady: boolean;
  answer: Answer<T>;
  children: (data: T) => ReactNode;
}

/** What is told, or why it is not. */
export function PresenceAnswer<T>({ isReady, answer, children }: PresenceAnswerProps<T>) {
  const { t } = useI18n();
  if (!isReady) return <Card><EmptyState title={t('event.unready')} hint={t('event.unready.hint')} /></Card>;
  if (fieldOf(answer.error) !== undefined && !answer.data) return <Card><EmptyState title={t('event.mend')} hint={t('event.mend.hint')} /></Card>;
  return <Answered answer={answer} loading={<Card><Skeleton lines={6} tall /></Card>}>{children}</Answered>;
}
