import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import type { TextChange } from '../../state/address';
import { useReport } from '../../state/useAddress';

interface ReportLinkProps {
  /** What changes in the address. */
  change: TextChange;
  label?: string | undefined;
  children: ReactNode;
}

/** The same page about something else: a campaign, or the people behind a number. */
export function ReportLink({ change, label, children }: ReportLinkProps) {
  const { pathname } = useLocation();
  const { queryWith } = useReport();
  return <Link to={{ pathname, search: queryWith(change) }} aria-label={label} preventScrollReset>{children}</Link>;
}
