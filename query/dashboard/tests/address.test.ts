import assert from 'node:assert/strict';
import test from 'node:test';
import { encode } from 'punycode.js';
import { readableAddress, readableHost, readablePath } from '../src/format/address';

test('a path is shown in its own letters', () => {
  for (const [stored, shown] of [
    ['/caff%C3%A8', '/caffè'],
    ['/caff%c3%a8/%F0%9F%91%9F', '/caffè/👟'],
    ['/%D0%BC%D0%B8%D1%80', '/мир'],
    ['/%E6%97%A5%E6%9C%AC', '/日本'],
    ['/l%E2%80%99amore', '/l’amore'],
    ['/%E0%A4%95%E0%A4%BF', '/कि'],
    ['/a?q=caff%C3%A8&b=%26', '/a?q=caffè&b=%26'],
    ['/scarpe', '/scarpe'],
  ] as const) {
    assert.equal(readablePath(stored), shown);
  }
});

test('what would mislead stays as it is stored', () => {
  for (const stored of [
    '/a%2Fb%3Fc%23d%25e%26f%3Dg', // reserved
    '/a%20b%22%3Cscript%3E%0A%00', // controls, quotes
    '/a%E2%80%AEgpj.exe', // right-to-left override
    '/a%E2%80%8Bb%EF%BB%BF%C2%AD', // invisible
    '/a%E2%81%84b%E2%88%95c%EF%BC%8Fd%E2%A7%B8e%C7%80', // like a slash
    '/a%EF%BC%9Fb%EF%BC%83c%E3%80%82d%EF%BC%8E', // like ?, # and .
    '/a%C2%A0b%E3%80%80c%E2%80%A8%E2%A0%80%E3%85%A4', // like a space
    '/%CC%80a%2F%CC%80', // marks without a letter
    '/caff%E8', // not UTF-8
    '/%EE%80%80%F4%8F%BF%BF', // nobody's
    '/100%25',
  ]) {
    assert.equal(readablePath(stored), stored);
  }
});

test('segments stand in their order where a script runs from right to left', () => {
  assert.equal(readablePath('/%D7%90%D7%91/b'), '/\u2068אב\u2069/b');
  assert.equal(readableHost(`xn--${encode('אב')}.example`), '\u2068אב\u2069.example');
});

const host = (text: string) => text.split('.').map((label) => (/[^\x00-\x7f]/.test(label) ? `xn--${encode(label)}` : label)).join('.');

test('a host is shown in its own letters where browsers do', () => {
  for (const shown of ['caffè.example', 'www.bücher.example:8443', 'пример.рф', 'орех.рф', 'яблоко.com', '日本.jp', 'ニュース.jp', '한국.kr', 'ไทย.example', 'shop.example']) {
    assert.equal(readableHost(host(shown)), shown);
  }
});

test('a host that looks like another stays in Punycode', () => {
  for (const text of [
    'аррӏе.com', // all of it Cyrillic
    'pаypal.com', // one letter is
    'ɢoogle.com',
    'ραι.com',
    'faceboоk.com',
    'paypaı.com',
    'shopþ.example',
    'a日本.jp',
    'ー.jp',
    'a\u0300b.example', // not composed
    'CAFFÈ.example',
    '👟.example',
    'a⁄b.example',
  ]) {
    const stored = host(text);
    assert.equal(readableHost(stored), stored, text);
  }
  // No Punycode, or that of plain letters.
  for (const stored of ['xn--.example', 'xn--a.example', 'xn--shop-.example', 'xn--\u{1f45f}.example', 'xn--999999999999.example']) {
    assert.equal(readableHost(stored), stored);
  }
});

test('an address is shown by its parts', () => {
  assert.equal(readableAddress('https://xn--caff-8oa.example/caff%C3%A8?q=%C3%A8#x%2F'), 'https://caffè.example/caffè?q=è#x%2F');
  assert.equal(readableAddress('xn--caff-8oa.example/caff%C3%A8'), 'caffè.example/caffè');
  assert.equal(readableAddress('/caff%C3%A8'), '/caffè');
  assert.equal(readableAddress('android-app://com.example'), 'android-app://com.example');
  assert.equal(readableAddress(''), '');
});
