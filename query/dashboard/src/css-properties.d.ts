import 'react';

declare module 'react' {
  /** Custom properties set from code. */
  interface CSSProperties {
    '--dot'?: string;
    '--heat'?: string;
  }
}
