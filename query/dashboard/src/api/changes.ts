import { answered, client } from './client';
import type {
  AlertRequest,
  BoardRequest,
  IdentityChangeRequest,
  ReportRequest,
  SegmentPeopleRequest,
  SegmentRequest,
  SiteChange,
  SiteRequest,
  SignIn,
  TokenRequest,
} from './types';

/** Everything that somebody can change, each with what the API answers; all reject with an `ApiError`. */
export const changes = {
  signIn: (body: SignIn) => answered(client.POST('/api/v1/session', { body })),
  signOut: () => answered(client.DELETE('/api/v1/session')),
  addSite: (body: SiteRequest) => answered(client.POST('/api/v1/sites', { body })),
  changeSite: (site: string, body: SiteChange) =>
    answered(client.PATCH('/api/v1/sites/{site}/settings', { params: { path: { site } }, body })),
  addKey: (site: string) => answered(client.POST('/api/v1/sites/{site}/settings/keys', { params: { path: { site } }, body: {} })),
  revokeKey: (site: string, key: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/settings/keys/{key}', { params: { path: { site, key } } })),
  addNewsletterKey: (site: string) =>
    answered(client.POST('/api/v1/sites/{site}/settings/newsletter-keys', { params: { path: { site } } })),
  revokeNewsletterKey: (site: string, key: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/settings/newsletter-keys/{key}', { params: { path: { site, key } } })),
  addToken: (body: TokenRequest) => answered(client.POST('/api/v1/tokens', { body })),
  revokeToken: (token_id: string) => answered(client.DELETE('/api/v1/tokens/{token_id}', { params: { path: { token_id } } })),
  unlink: (site: string, person: string, id: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/people/{person}/links/{id}', { params: { path: { site, person, id } } })),
  changeIdentity: (site: string, person: string, body: IdentityChangeRequest) =>
    answered(client.POST('/api/v1/sites/{site}/people/{person}/identity/changes', { params: { path: { site, person } }, body })),
  addSegment: (site: string, body: SegmentRequest) => answered(client.POST('/api/v1/sites/{site}/segments', { params: { path: { site } }, body })),
  changeSegment: (site: string, segment: string, body: SegmentRequest) =>
    answered(client.PUT('/api/v1/sites/{site}/segments/{segment}', { params: { path: { site, segment } }, body })),
  removeSegment: (site: string, segment: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/segments/{segment}', { params: { path: { site, segment } } })),
  addReport: (site: string, body: ReportRequest) => answered(client.POST('/api/v1/sites/{site}/reports', { params: { path: { site } }, body })),
  changeReport: (site: string, report: string, body: ReportRequest) =>
    answered(client.PUT('/api/v1/sites/{site}/reports/{report}', { params: { path: { site, report } }, body })),
  removeReport: (site: string, report: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/reports/{report}', { params: { path: { site, report } } })),
  addBoard: (site: string, body: BoardRequest) => answered(client.POST('/api/v1/sites/{site}/boards', { params: { path: { site } }, body })),
  changeBoard: (site: string, board: string, body: BoardRequest) =>
    answered(client.PUT('/api/v1/sites/{site}/boards/{board}', { params: { path: { site, board } }, body })),
  removeBoard: (site: string, board: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/boards/{board}', { params: { path: { site, board } } })),
  addAlert: (site: string, body: AlertRequest) => answered(client.POST('/api/v1/sites/{site}/alerts', { params: { path: { site } }, body })),
  changeAlert: (site: string, alert: string, body: AlertRequest) =>
    answered(client.PUT('/api/v1/sites/{site}/alerts/{alert}', { params: { path: { site, alert } }, body })),
  removeAlert: (site: string, alert: string) =>
    answered(client.DELETE('/api/v1/sites/{site}/alerts/{alert}', { params: { path: { site, alert } } })),
  acknowledgeAlert: (site: string, alert: string) =>
    answered(client.POST('/api/v1/sites/{site}/alerts/{alert}/acknowledge', { params: { path: { site, alert } } })),
  changeSegmentPeople: (site: string, segment: string, body: SegmentPeopleRequest) =>
    answered(client.POST('/api/v1/sites/{site}/segments/{segment}/people', { params: { path: { site, segment } }, body })),
};
