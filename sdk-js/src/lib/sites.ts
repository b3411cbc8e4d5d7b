import type { dispatch } from './dispatch.js';

type Sites = Record<string, typeof dispatch>;

/** The copies of the SDK that run on this page, by site: however often it is brought, it counts once. */
export const sites: Sites = ((globalThis as { ormaSites?: Sites }).ormaSites ||= {});
