import { guard } from './guard.js';

type Command = (...args: any[]) => void;

/** Calls, each a command's name and its arguments, made before the SDK has started. */
export const waiting: Iterable<unknown>[] = [];

let run = (call: Iterable<unknown>): void => {
  waiting.push(call);
};

/** Runs a command by name, or keeps it until `serve` says what the commands are. Never throws. */
export const dispatch = (...call: unknown[]): void => run(call);

/** Puts the commands in service and replays the calls that came before. */
export const serve = (commands: Record<string, Command>): void => {
  run = guard(([name, ...args]) => commands[name as string]?.(...args));
  waiting.forEach(run);
};
