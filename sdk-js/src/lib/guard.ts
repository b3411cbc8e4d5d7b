/** Runs something whose failure is its own affair; undefined when it fails. The SDK is a guest. */
export const attempt = <Result>(action: () => Result): Result | undefined => {
  try {
    return action();
  } catch {}
};

/** Wraps a callback so that nothing it throws reaches the page. */
export const guard =
  <Args extends unknown[]>(callback: (...args: Args) => void) =>
  (...args: Args): void =>
    attempt(() => callback(...args));
