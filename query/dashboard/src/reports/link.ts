import type { Report } from '../api/types';
import { segmentPath } from '../segments/link';
import { sitePath } from '../state/address';

export const reportPath = (site: string, report: string) => sitePath(site, `reports/${encodeURIComponent(report)}`);
export const boardPath = (site: string, board: string) => sitePath(site, `boards/${encodeURIComponent(board)}`);
export const alertPath = (site: string, alert: string) => sitePath(site, `alerts/${encodeURIComponent(alert)}`);
/** Where an alert on a report is put together. */
export const newAlertPath = (site: string, report: string) => `${sitePath(site, 'alerts/new')}?report=${encodeURIComponent(report)}`;

/** The page that the report was saved on, as it was. */
export function pageOf(site: string, { question, body, page }: Report): string | undefined {
  if (question === 'segment') return segmentPath(site, String((body as Record<string, unknown>)['segment'] ?? ''));
  return page == null ? undefined : sitePath(site, page);
}
