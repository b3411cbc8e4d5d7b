import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

// public/theme.js reads the same key before the first paint.
const storageKey = 'orma.theme';
const prefersDark = '(prefers-color-scheme: dark)';

interface Theme {
  readonly choice: ThemeChoice;
  /** What is on the screen now; pictures redraw when it changes. */
  readonly shown: 'light' | 'dark';
  setChoice: (choice: ThemeChoice) => void;
}

const Context = createContext<Theme | null>(null);

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(initialChoice);
  const [systemDark, setSystemDark] = useState(() => matchMedia(prefersDark).matches);

  useEffect(() => {
    const query = matchMedia(prefersDark);
    const follow = () => setSystemDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);

  const value = useMemo<Theme>(
    () => ({
      choice,
      shown: choice === 'system' ? (systemDark ? 'dark' : 'light') : choice,
      setChoice: (next) => {
        apply(next);
        setChoice(next);
      },
    }),
    [choice, systemDark],
  );
  return <Context value={value}>{children}</Context>;
}

export function useTheme(): Theme {
  const value = useContext(Context);
  if (!value) throw new Error('useTheme needs a ThemeProvider above it');
  return value;
}

function apply(choice: ThemeChoice) {
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
  try {
    if (choice === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, choice);
  } catch {
    // Storage can be refused; the choice then lasts until the page is left.
  }
}

function initialChoice(): ThemeChoice {
  const shown = document.documentElement.dataset['theme'];
  return shown === 'light' || shown === 'dark' ? shown : 'system';
}
