import { useEffect, type ReactNode } from 'react';
import { useSite } from '../state/site';

interface PageProps {
  title: string;
  lead?: string;
  /** Controls that stand beside the title on wide screens. */
  controls?: ReactNode;
  children: ReactNode;
}

/** A page's heading, its name in the browser's tab, and its content. */
export function Page({ title, lead, controls, children }: PageProps) {
  const { name, site } = useSite();
  useEffect(() => {
    document.title = `${title} · ${name || site} · orma`;
  }, [title, name, site]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {controls && <div className="page-controls">{controls}</div>}
      </div>
      {lead && <p className="page-lead">{lead}</p>}
      {children}
    </div>
  );
}
