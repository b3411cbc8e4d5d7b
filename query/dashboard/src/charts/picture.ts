/**
 * A part of the page as PNG, without a library: its copy is laid out beside the page with the page's own style sheets, each
 * element is given the styles that were computed for it, and the whole is drawn as an SVG image with HTML in it. Nothing is
 * fetched but the font, which the page has.
 */

/** Pixels of the picture for each of the page, and how many there are at most on a side. */
const scale_max = 2;
const side_px_max = 16_000;
/** What means nothing in a picture: what opens, what is pressed, and what is only read aloud. */
const left_out = 'script, style, .explain, [popover], .sr-only, .chart-table, .export, [data-picture="out"]';

export interface PictureTexts {
  readonly title: string;
  /** What the title does not say: whose, when. */
  readonly details: readonly string[];
}

/** Draws a part of the page; rejects where the browser cannot. */
export async function drawPicture(source: HTMLElement, texts: PictureTexts): Promise<Blob> {
  const font = await fontRules();
  const { markup, width, height } = staged(source, texts);
  const scale = Math.min(scale_max, side_px_max / Math.max(width, height));
  const [columns, rows] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${columns}" height="${rows}" viewBox="0 0 ${width} ${height}">` +
    `<style>${font} foreignObject *{all:initial}</style><foreignObject width="${width}" height="${height}">${markup}</foreignObject></svg>`;
  const image = new Image();
  // From an address of a blob the canvas could not be read any more.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((file) => (file ? resolve(file) : reject(new Error('no picture'))), 'image/png'));
}

interface Staged {
  readonly markup: string;
  readonly width: number;
  readonly height: number;
}

/** Lays the copy out where nobody sees it, as wide as what scrolls in it, and takes it away again. */
function staged(source: HTMLElement, { title, details }: PictureTexts): Staged {
  const stage = document.createElement('div');
  stage.className = 'picture-stage';
  stage.ariaHidden = 'true';
  stage.inert = true;
  const head = document.createElement('div');
  head.className = 'picture-title';
  head.textContent = title;
  stage.append(head, ...details.map((text) => {
    const line = document.createElement('div');
    line.className = 'picture-details';
    line.textContent = text;
    return line;
  }));
  const copy = source.cloneNode(true) as HTMLElement;
  copy.classList.add('picture-body');
  stage.append(copy);
  for (const one of stage.querySelectorAll(left_out)) one.remove();
  copy.style.width = `${Math.ceil(source.getBoundingClientRect().width)}px`;
  document.body.append(stage);
  try {
    const edge_px = copy.offsetLeft;
    stage.style.width = `${Math.max(stage.scrollWidth, stage.offsetWidth - edge_px) + edge_px}px`;
    const [width, height] = [stage.offsetWidth, Math.max(stage.offsetHeight, stage.scrollHeight)];
    inlineStyles(stage);
    stage.style.position = 'static';
    const markup = new XMLSerializer().serializeToString(stage);
    return { markup: markup.replace(unwritable, '\uFFFD'), width, height };
  } finally {
    stage.remove();
  }
}

/** What a visitor may have written and XML cannot hold. */
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

/** Said twice, by another name, or of no use where nothing moves. */
const skipped = /(^|-)(inline|block)(-|$)|^(-webkit-(?!text-fill-color)|transition|animation|cursor|pointer-events|perspective-origin|will-change|zoom)/;

/** Writes into each element what was computed for it, so far as it is not what an element without any style has. */
function inlineStyles(stage: HTMLElement): void {
  const bare = document.createElement('span');
  bare.style.all = 'initial';
  stage.append(bare);
  const initial = getComputedStyle(bare);
  const names = [...initial].filter((name) => !skipped.test(name));
  const usual = new Map(names.map((name) => [name, initial.getPropertyValue(name)]));
  bare.remove();
  const styleOf = (style: CSSStyleDeclaration) => {
    const isMoved = [style.transform, style.rotate, style.scale, style.translate].some((one) => one !== 'none');
    const said = names.filter((name) => (name !== 'transform-origin' || isMoved) && style.getPropertyValue(name) !== usual.get(name));
    return said.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';');
  };
  // All is read before the first is written: what is written changes what is computed.
  const all = [stage, ...stage.querySelectorAll<HTMLElement | SVGElement>('*')];
  const read = all.map((one) => {
    const style = getComputedStyle(one);
    const isShown = style.display !== 'none';
    return { one, isShown, style: isShown ? styleOf(style) : '', before: generated(one, '::before', styleOf), after: generated(one, '::after', styleOf) };
  });
  for (const { one, isShown, style, before, after } of read) {
    // Of what is not drawn itself others are made, such as patterns.
    if (!isShown && one instanceof HTMLElement) {
      one.remove();
      continue;
    }
    for (const { name } of [...one.attributes]) if (/^(class|title|role|tabindex|aria-.*|data-.*)$/.test(name)) one.removeAttribute(name);
    one.setAttribute('style', style);
    if (before) one.prepend(before);
    if (after) one.append(after);
  }
}

/** What a style sheet writes before or behind an element, as an element. */
function generated(of: Element, place: '::before' | '::after', styleOf: (style: CSSStyleDeclaration) => string): HTMLElement | undefined {
  if (!(of instanceof HTMLElement)) return undefined;
  const style = getComputedStyle(of, place);
  if (style.content === 'none' || style.content === 'normal' || style.display === 'none') return undefined;
  const attribute = /^attr\(([\w-]+)\)$/.exec(style.content)?.[1];
  const element = document.createElement('span');
  element.textContent = attribute === undefined ? style.content.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1') : of.getAttribute(attribute);
  element.setAttribute('style', styleOf(style));
  return element;
}

let font: Promise<string> | undefined;

/** The faces of the page's font that it uses, with their bytes: an image has nothing but itself. Without them it has the system's font. */
function fontRules(): Promise<string> {
  const used = new Set([...document.fonts].filter(({ status }) => status === 'loaded').map(({ unicodeRange }) => unicodeRange));
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const faces = rules.filter(({ style }) => used.has(style.getPropertyValue('unicode-range')));
  font ??= Promise.all(faces.map((face) => withBytes(face))).then((texts) => texts.join(''));
  return font.catch(() => {
    font = undefined;
    return '';
  });
}

async function withBytes({ cssText, parentStyleSheet }: CSSFontFaceRule): Promise<string> {
  const address = /url\("?([^")]+)"?\)/.exec(cssText)?.[1] ?? '';
  const answer = await fetch(new URL(address, parentStyleSheet?.href ?? document.baseURI));
  if (!answer.ok) throw new Error(`the font: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return cssText.replace(/url\([^)]*\)/, `url(data:font/woff2;base64,${btoa(text)})`);
}
