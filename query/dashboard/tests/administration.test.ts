import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { refusedCount, stateOf } from '../src/api/installation';
import type { Refused, SiteSettings } from '../src/api/types';
import { isLocal, originOf } from '../src/format/origin';
import { gapOfBoth, gapOfHours, gapOfSite, verdictOf } from '../src/pages/accounting/verdict';
import { contentSecurityPolicy, snippet, ways } from '../src/pages/installation/ways';
import { rateOf } from '../src/pages/newsletter/rates';
import { siteId } from '../src/pages/settings/AddSite';
import { changesOf } from '../src/pages/settings/SiteForm';

const refused = (of_this_site: boolean, origin = 'https://other.example') => ({ of_this_site, origin, count: 2 }) as Refused;

test('docs/installation.md shows the code of every way', () => {
  const text = readFileSync(join(process.cwd(), '..', '..', 'docs', 'installation.md'), 'utf8');
  const target = { collector: 'https://collect.example', writeKey: 'YOUR_WRITE_KEY' };
  const codes = ways.flatMap((way) => way.steps.map((step) => step.code?.(target) ?? ''));
  for (const code of [...codes, snippet(target), contentSecurityPolicy(target)]) assert.ok(text.includes(code), code);
});

test('what another site may have sent says nothing of this one', () => {
  const origins = ['https://shop.example'];
  assert.equal(stateOf({ events: 0, refused: [], origins }), 'waiting');
  assert.equal(stateOf({ events: 3, refused: [], origins }), 'works');
  assert.equal(stateOf({ events: 3, refused: [refused(false)], origins }), 'works');
  assert.equal(stateOf({ events: 0, refused: [refused(false)], origins }), 'waiting');
  assert.equal(stateOf({ events: 3, refused: [refused(false), refused(true)], origins }), 'partly');
  // Nobody's key, or nothing that can be read, but from one of the site's own pages.
  assert.equal(stateOf({ events: 0, refused: [refused(false, 'https://shop.example')], origins }), 'refused');
  assert.equal(refusedCount({ events: 3, refused: [refused(false), refused(true)], origins }), 2);
});

test('addresses become origins as browsers write them', () => {
  assert.equal(originOf(' https://www.Shop.example/scarpe?a=b '), 'https://www.shop.example');
  assert.equal(originOf('shop.example'), 'https://shop.example');
  assert.equal(originOf('http://localhost:8080/'), 'http://localhost:8080');
  assert.equal(originOf('https://caffè.example'), 'https://xn--caff-8oa.example');
  for (const none of ['', 'ftp://shop.example', 'a b']) assert.equal(originOf(none), undefined, none);
  assert.deepEqual(['http://127.0.0.1:8080', 'http://192.168.1.4', 'https://shop.example'].map(isLocal), [true, true, false]);
});

test('a name for people gives one for addresses', () => {
  assert.equal(siteId('La Bottega del Caffè!'), 'la-bottega-del-caffe');
  assert.equal(siteId('  –  '), '');
  assert.equal(siteId('x'.repeat(80)).length, 64);
});

test('a share is of what is known, and never more than all', () => {
  const numbers = { sent: 100, delivered: 90, bounced: 4, opened: 45, opened_by_machines: 9, clicked: 9, clicked_by_machines: 0, visits: 8, orders: 2, revenue: { amount: '0.00', currency: 'EUR' } };
  assert.deepEqual(rateOf('opened', numbers), { rate: 0.5, of: 'delivered' });
  assert.deepEqual(rateOf('delivered', numbers), { rate: 0.9, of: 'sent' });
  assert.deepEqual(rateOf('orders', numbers), { rate: 0.25, of: 'visits' });
  assert.deepEqual(rateOf('clicked', { ...numbers, delivered: 0 }), { rate: 0.09, of: 'sent' });
  assert.equal(rateOf('sent', numbers), undefined);
  assert.equal(rateOf('opened', { ...numbers, sent: 0, delivered: 0 }), undefined);
  assert.equal(rateOf('opened', { ...numbers, delivered: 20 }), undefined, 'sent before the period');
});

test('accounts with everything refused are not good news', () => {
  const account = (status: 'balanced' | 'pending' | 'gap', accepted: number, rejected: number) => ({
    status,
    totals: { received: accepted + rejected, accepted, rejected, stored: accepted, duplicate: 0, pending: 0, gap: 0 },
  });
  const none = { missing: 0, surplus: 0 };
  assert.equal(verdictOf(account('balanced', 0, 7), none), 'refused');
  assert.equal(verdictOf(account('balanced', 80, 20), none), 'refusing');
  assert.equal(verdictOf(account('balanced', 90, 10), none), 'balanced');
  assert.equal(verdictOf(account('pending', 80, 20), none), 'pending');
  assert.equal(verdictOf(account('balanced', 0, 7), { missing: 1, surplus: 0 }), 'gap');
  assert.equal(verdictOf(account('gap', 0, 7), none), 'gap');
  assert.equal(verdictOf(account('gap', 9, 0), { missing: 0, surplus: 2 }), 'surplus');
  assert.equal(verdictOf(account('gap', 9, 0), { missing: 1, surplus: 2 }), 'gap', 'a loss is told first');
});

test('what is missing and what is too much are told apart, with the first hour of either', () => {
  const hour = (hour: string, gap: number) => ({ hour, received: 1, accepted: 1, rejected: 0, stored: 1, duplicate: 0, pending: 0, gap });
  assert.deepEqual(gapOfHours([hour('10', 0), hour('11', -2), hour('12', 5)]), { missing: 5, surplus: 2, since: '11' });
  assert.deepEqual(gapOfHours([hour('10', 0)]), { missing: 0, surplus: 0, since: undefined });
  assert.deepEqual(gapOfSite({ gap_events: 7, surplus_events: 2, gap_since: '11' }), { missing: 5, surplus: 2, since: '11' });
  assert.equal(gapOfSite({ gap_events: 0, surplus_events: 0, gap_since: null }), undefined);
  const shown = { missing: 5, surplus: 0, since: '11' };
  assert.deepEqual(gapOfBoth(shown, { missing: 0, surplus: 2, since: '03' }), { missing: 5, surplus: 2, since: '03' });
  assert.equal(gapOfBoth(shown, undefined), shown);
});

test('a form sends what was changed in it, so that it undoes nobody’s change', () => {
  const before = { name: 'Bottega', timezone: 'Europe/Rome', currency: 'EUR', origins: ['https://*.shop.example'] } as unknown as SiteSettings;
  const same = { name: 'Bottega', timezone: 'Europe/Rome', currency: 'EUR', origins: ['https://*.shop.example'] };
  assert.deepEqual(changesOf(before, same), {});
  assert.deepEqual(changesOf(before, { ...same, name: 'La Bottega' }), { name: 'La Bottega' });
  assert.deepEqual(changesOf(before, { ...same, origins: [] }), { origins: [] });
});
