import { createContext, useContext, useMemo, type ReactNode } from 'react';
import type { Site } from '../api/types';
import type { FormatContext } from '../format/number';
import { useI18n } from '../i18n/context';

const Sites = createContext<readonly Site[]>([]);
const Current = createContext<Site | null>(null);

export function SitesProvider({ sites, children }: { sites: readonly Site[]; children: ReactNode }) {
  return <Sites value={sites}>{children}</Sites>;
}

/** The site of the demo shop, which a first start makes. */
export const demoSite = 'demo';

/** Where somebody arrives: a site of one's own before the demo's. */
export function firstSite(sites: readonly Site[]): Site | undefined {
  return sites.find(({ site }) => site !== demoSite) ?? sites[0];
}

export function SiteProvider({ site, children }: { site: Site; children: ReactNode }) {
  return <Current value={site}>{children}</Current>;
}

export function useSites(): readonly Site[] {
  return useContext(Sites);
}

export function useSite(): Site {
  const site = useContext(Current);
  if (!site) throw new Error('useSite needs a SiteProvider above it');
  return site;
}

/** Reader's language, site's zone and currency: what every number and date is written with. */
export function useFormat(): FormatContext {
  const { locale } = useI18n();
  const { timezone, currency } = useSite();
  return useMemo(() => ({ locale, timeZone: timezone, currency }), [locale, timezone, currency]);
}
