import { createContext, useCallback, useContext, useRef, type ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { signInPath } from '../state/next';

const Context = createContext<(() => void) | null>(null);

/** Knows the way to the sign-in page and back to where the person was. */
export function SignedOutProvider({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const here = `${pathname}${search}`;
  // The callback stays the same when the address changes: whatever depends on it would ask everything again.
  const latest = useRef({ navigate, here });
  latest.current = { navigate, here };
  const signedOut = useCallback(() => {
    const { navigate, here } = latest.current;
    void navigate(signInPath(here), { replace: true });
  }, []);
  return <Context value={signedOut}>{children}</Context>;
}

/** To be called when the API answers 401. */
export function useSignedOut(): () => void {
  const signedOut = useContext(Context);
  if (!signedOut) throw new Error('useSignedOut needs a SignedOutProvider above it');
  return signedOut;
}
