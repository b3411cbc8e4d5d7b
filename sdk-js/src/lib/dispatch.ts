import { guard } from './guard.js';

/** Calls, each a command's name and its arguments, made before the SDK has started. */
export const waiting: Iterable<unknown>[] = [];

let run = (call: Iterable<unknown>): void => {
  waiting.push(call);
};

/** Runs a command by name, or keeps it until `serve` says what the commands are. Never throws. */
export const dispatch = (...call: unknown[]): void => run(call);

/** Says who takes the calls, and replays those that came before. */
export const serve = (take: (call: Iterable<unknown>) => void): void => {
  run = guard(take);
  waiting.forEach(run);
};
