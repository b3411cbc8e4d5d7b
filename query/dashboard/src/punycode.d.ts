declare module 'punycode.js' {
  export function decode(text: string): string;
  export function encode(text: string): string;
}
