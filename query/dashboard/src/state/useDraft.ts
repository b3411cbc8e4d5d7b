import { useCallback, useEffect, useRef, useState } from 'react';
import { Draft } from './draft';

/** Long enough to write once for a word typed, short enough not to be waited for. */
const pause_ms = 300;

/**
 * The text of a field that also stands in the address. The router changes the address in a
 * transition, so a field bound to it would be set back between two letters. The third lets the address know at once.
 */
export function useDraft(value: string, write: (text: string) => void): [string, (text: string) => void, () => void] {
  const [text, setText] = useState(value);
  const latestWrite = useRef(write);
  latestWrite.current = write;
  const [draft] = useState(() => new Draft(value, pause_ms, (typed) => latestWrite.current(typed)));

  useEffect(() => {
    if (draft.replacedBy(value)) setText(value);
  }, [draft, value]);
  useEffect(() => () => draft.stop(), [draft]);

  const type = useCallback(
    (typed: string) => {
      setText(typed);
      draft.type(typed);
    },
    [draft],
  );
  const settle = useCallback(() => draft.settle(), [draft]);
  return [text, type, settle];
}
