import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { Draft } from '../src/state/draft';

function typing(run: (draft: Draft, written: string[], wait: (ms: number) => void) => void): void {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const written: string[] = [];
    run(new Draft('', 300, (text) => written.push(text)), written, (ms) => mock.timers.tick(ms));
  } finally {
    mock.timers.reset();
  }
}

test('a word is written once, after the pause, with all its letters', () => {
  typing((draft, written, wait) => {
    for (let end = 1; end <= 'beatrice mariani'.length; end += 1) {
      draft.type('beatrice mariani'.slice(0, end));
      wait(80);
    }
    assert.deepEqual(written, []);
    wait(300);
    assert.deepEqual(written, ['beatrice mariani']);
  });
});

test('an address that comes late does not take letters away', () => {
  typing((draft, written, wait) => {
    draft.type('bea');
    wait(300);
    draft.type('beatrice');
    wait(300);
    assert.deepEqual(written, ['bea', 'beatrice']);
    assert.equal(draft.replacedBy('bea'), false);
    assert.equal(draft.replacedBy('beatrice'), false);
  });
});

test('the way back replaces the text and what was about to be written', () => {
  typing((draft, written, wait) => {
    draft.type('bea');
    wait(300);
    assert.equal(draft.replacedBy('bea'), false);
    draft.type('beat');
    assert.equal(draft.replacedBy(''), true);
    wait(300);
    assert.deepEqual(written, ['bea']);
  });
});

test('what waits for the end of the pause is written at once when it is wanted', () => {
  typing((draft, written, wait) => {
    draft.settle();
    draft.type('bea');
    draft.settle();
    assert.deepEqual(written, ['bea']);
    wait(300);
    draft.settle();
    assert.deepEqual(written, ['bea'], 'and once');
    assert.equal(draft.replacedBy('bea'), false);
  });
});
