import { placeOf, targetOf } from './describe.js';
import { guard } from './guard.js';
import type { Track } from './recording.js';

/** Records that a form was sent: which one and to where, nothing of what was entered. */
export const observeForms = (track: Track): void => {
  addEventListener(
    'submit',
    guard((event: SubmitEvent) => {
      const form = event.target as HTMLFormElement;
      const action = Element.prototype.getAttribute.call(form, 'action') || '';
      track({ kind: 'form', target: targetOf(form), href: placeOf(action)?.href });
    }),
    true,
  );
};
