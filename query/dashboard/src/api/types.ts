import type { components } from './schema';

/** The shapes of the query API, by their names in its OpenAPI document (`npm run types`). */
type Schemas = components['schemas'];

export type About = Schemas['About'];
export type Accounting = Schemas['Accounting'];
export type AccountingHour = Schemas['AccountingHour'];
export type AppQuality = Schemas['AppQuality'];
export type AppQualityRow = Schemas['AppQualityRow'];
export type AppStart = Schemas['AppStart'];
export type AppStartSummary = Schemas['AppStartSummary'];
export type CollectorReport = Schemas['CollectorReport'];
export type Counts = Schemas['Counts'];
export type ErrorBody = Schemas['ErrorBody'];
export type GeoDatabase = Schemas['GeoDatabase'];
export type Installation = Schemas['Installation'];
export type Journey = Schemas['Journey'];
export type JourneyEvent = Schemas['JourneyEvent'];
export type JourneySession = Schemas['JourneySession'];
export type LiveActivity = Schemas['LiveActivity'];
export type LiveMinute = Schemas['LiveMinute'];
export type LiveRecent = Schemas['LiveRecent'];
export type LiveResync = Schemas['LiveResync'];
export type LiveSnapshot = Schemas['LiveSnapshot'];
export type Money = Schemas['Money'];
export type NewsletterNumbers = Schemas['NewsletterNumbers'];
export type NewsletterReport = Schemas['NewsletterReport'];
export type NewsletterRow = Schemas['NewsletterRow'];
export type Person = Schemas['Person'];
export type PersonList = Schemas['PersonList'];
export type PersonSummary = Schemas['PersonSummary'];
export type RefusalReason = Schemas['RefusalReason'];
export type Refused = Schemas['Refused'];
export type Session = Schemas['Session'];
export type SignIn = Schemas['SignIn'];
export type Site = Schemas['Site'];
export type SiteChange = Schemas['SiteChange'];
export type SiteList = Schemas['SiteList'];
export type SiteRequest = Schemas['SiteRequest'];
export type SiteSettings = Schemas['SiteSettings'];
export type Stats = Schemas['Stats'];
export type TokenInfo = Schemas['TokenInfo'];
export type TokenRequest = Schemas['TokenRequest'];
export type Vital = Schemas['Vital'];
export type VitalSummary = Schemas['VitalSummary'];
export type WebQuality = Schemas['WebQuality'];
export type WebQualityRow = Schemas['WebQualityRow'];
export type WriteOff = Schemas['WriteOff'];

/** A number, a decimal string (revenue), or null where there is nothing to divide by; `numeric` reads it. */
export type MetricValue = Schemas['MetricValue'];
