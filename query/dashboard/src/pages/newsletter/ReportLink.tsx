import type { ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'react-router';

interface ReportLinkProps {
  /** What changes in the address; null takes a parameter out. */
  change: Readonly<Record<string, string | null>>;
  label?: string | undefined;
  children: ReactNode;
}

/** The same page about something else: a campaign, or the people behind a number. */
export function ReportLink({ change, label, children }: ReportLinkProps) {
  const { pathname } = useLocation();
  const [parameters] = useSearchParams();
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return <Link to={{ pathname, search: next.toString() }} aria-label={label} preventScrollReset>{children}</Link>;
}
