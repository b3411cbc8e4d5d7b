import { ofSite, request } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Installation = Schemas['Installation'];
export type Refused = Schemas['Refused'];
export type SiteSettings = Schemas['SiteSettings'];
export type SiteChange = Schemas['SiteChange'];
export type SiteRequest = Schemas['SiteRequest'];
export type TokenInfo = Schemas['TokenInfo'];
export type TokenRequest = Schemas['TokenRequest'];
export type NewsletterReport = Schemas['NewsletterReport'];
export type NewsletterPeople = Schemas['NewsletterPeople'];
export type NewsletterRow = Schemas['NewsletterRow'];
export type NewsletterNumbers = Schemas['NewsletterNumbers'];

const settings = (site: string, path = '') => ofSite(site, `/settings${path}`);
const key = (name: string) => `/${encodeURIComponent(name)}`;

/** What a shop is set up with, one function per resource; each rejects with an `ApiError`. */
export const administration = {
  settings: (site: string, signal?: AbortSignal) => request<SiteSettings>(settings(site), { signal }),
  addSite: (body: SiteRequest) => request<SiteSettings>('/sites', { method: 'POST', body }),
  changeSite: (site: string, body: SiteChange) => request<SiteSettings>(settings(site), { method: 'PATCH', body }),
  addKey: (site: string) => request<Schemas['WriteKeyInfo']>(settings(site, '/keys'), { method: 'POST', body: {} }),
  revokeKey: (site: string, name: string) => request<void>(settings(site, `/keys${key(name)}`), { method: 'DELETE' }),
  addNewsletterKey: (site: string) =>
    request<Schemas['NewsletterSecret']>(settings(site, '/newsletter-keys'), { method: 'POST' }),
  revokeNewsletterKey: (site: string, id: string) =>
    request<void>(settings(site, `/newsletter-keys${key(id)}`), { method: 'DELETE' }),
  tokens: (signal?: AbortSignal) => request<Schemas['TokenList']>('/tokens', { signal }),
  addToken: (body: TokenRequest) => request<Schemas['NewToken']>('/tokens', { method: 'POST', body }),
  revokeToken: (id: string) => request<void>(`/tokens${key(id)}`, { method: 'DELETE' }),
  installation: (site: string, signal?: AbortSignal) => request<Installation>(ofSite(site, '/installation'), { signal }),
  newsletters: (site: string, query: Readonly<Record<string, string | undefined>>, signal?: AbortSignal) =>
    request<NewsletterReport>(ofSite(site, '/newsletters'), { query, signal }),
  newsletterPeople: (site: string, query: Readonly<Record<string, string | undefined>>, signal?: AbortSignal) =>
    request<NewsletterPeople>(ofSite(site, '/newsletters/people'), { query, signal }),
};
