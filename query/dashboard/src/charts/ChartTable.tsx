import type { ReactNode } from 'react';
import { useI18n } from '../i18n/context';

/** The numbers of a picture, on demand. */
export function ChartTable({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  return (
    <details className="chart-table">
      <summary>{t('overview.chart.table')}</summary>
      {children}
    </details>
  );
}
