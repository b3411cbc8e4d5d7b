/**
 * Addresses as people read them: `/caffè` for `/caff%C3%A8`, `caffè.example` for `xn--caff-8oa.example`. Only what cannot
 * mislead is decoded; all else stays as it is stored. Reserved characters (`%2F`, `%3F` …) are never decoded.
 */
import { decode, encode } from 'punycode.js';

/** Letters, figures, pictures, and the marks of words; nothing invisible, and nothing that looks like `/`, `?` or `.`. */
const readable = /^(?!\p{Default_Ignorable_Code_Point})[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{N}\p{Extended_Pictographic}ー々〻ゝゞヽヾ’‘“”«»–—…·•€£°№、「」『』【】《》]$/u;
const misleading = /[ǀ-ǃ\p{Script=Lisu}⠀]/u;
const mark = /\p{M}/u;
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** A path, a query, or a part of one. */
export function readablePath(path: string): string {
  if (!path.includes('%')) return path;
  const decoded = path.replace(/(?:%[89a-f][0-9a-f])+/gi, (escapes, at: number) => {
    let letters: string;
    try {
      letters = decodeURIComponent(escapes);
    } catch {
      // Not UTF-8.
      return escapes;
    }
    // The end of an escape is no letter.
    let before = /%..$/.test(path.slice(0, at)) ? '' : path.charAt(at - 1);
    return [...letters].map((letter) => {
      // A mark belongs to the letter before it.
      const shown = readable.test(letter) && !misleading.test(letter) && (!mark.test(letter) || /[\p{L}\p{M}]/u.test(before));
      before = shown ? letter : '';
      return shown ? letter : encodeURIComponent(letter);
    }).join('');
  });
  return decoded.replace(/[^/?#&=]+/g, isolated);
}

/** A host, with a port or without. */
export function readableHost(host: string): string {
  if (!host.includes('xn--')) return host;
  const [, name = host, port = ''] = /^(.*?)(:\d+)?$/.exec(host) ?? [];
  const labels = name.split('.');
  const last = decodedLabel(labels.at(-1) ?? '') ?? '';
  return labels.map((label) => isolated(safeLabel(label, last))).join('.') + port;
}

/** A whole address, or a host with a path. */
export function readableAddress(address: string): string {
  const [, scheme = '', host = '', rest = ''] = /^((?:https?:\/\/)?)([^/?#]*)(.*)$/s.exec(address) ?? [];
  return scheme + readableHost(host) + readablePath(rest);
}

/** Parts stand in their order even where a script runs from right to left. */
function isolated(part: string): string {
  return rightToLeft.test(part) ? `\u2068${part}\u2069` : part;
}

function decodedLabel(label: string): string | null {
  if (!label.startsWith('xn--')) return label;
  try {
    return decode(label.slice(4));
  } catch {
    return null;
  }
}

/*
 * When browsers show a label of a host in its own letters: those of one script, none of which is made to be taken for
 * others. Firefox's "single script" and Chromium's whole-script confusables (chromium.org, "IDN in Google Chrome").
 */
const scripts: readonly RegExp[] = [
  // Latin without letters that look like others (ı, ĸ, ŀ, þ …).
  /^[a-z0-9\-ß-ïñ-öø-ýÿāăąćĉċčďđēĕėęěĝğġģĥĩīĭįĵķĺļľńņňōŏőœŕŗřśŝşšţťũūŭůűųŵŷźżžơưșțạ-ỹ]+$/u,
  /^[0-9\-\p{Script=Greek}]+$/u,
  /^[0-9\-\p{Script=Cyrillic}]+$/u,
  /^[0-9\-\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]+$/u,
  /^[0-9\-\p{Script=Han}\p{Script=Hangul}]+$/u,
  ...['Arabic', 'Hebrew', 'Thai', 'Devanagari', 'Bengali', 'Gujarati', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Georgian']
    .map((script) => new RegExp(`^[0-9\\-\\p{Script=${script}}]+$`, 'u')),
];
const likeLatin = /^[асԁеһіјӏорԛѕԝхуъЬҽпгѵѡαικνρυωηοτ0-9-]+$/u;
const likePunctuation = /^[ノー一丨丶丿〇々]+$/u;

function safeLabel(label: string, last: string): string {
  const text = decodedLabel(label);
  if (text === null || text === label) return label;
  const isSpelledSo = /[^\x00-\x7f]/.test(text) && text === text.normalize('NFC') && text === text.toLowerCase() && `xn--${encode(text)}` === label;
  const isOfOneScript = scripts.some((script) => script.test(text)) && !mark.test(text.charAt(0));
  const misleads = (likeLatin.test(text) && !/[^\x00-\x7f]/.test(last)) || likePunctuation.test(text);
  return isSpelledSo && isOfOneScript && !misleads ? text : label;
}
