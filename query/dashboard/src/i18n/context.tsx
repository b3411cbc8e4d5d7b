import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { createTranslator, languages, preferredLanguage, type Language, type Translator } from './translate';

const storageKey = 'orma.language';

interface I18n extends Translator {
  setLanguage: (language: Language) => void;
}

const Context = createContext<I18n | null>(null);

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo<I18n>(
    () => ({
      ...createTranslator(language),
      setLanguage: (chosen) => {
        try {
          localStorage.setItem(storageKey, chosen);
        } catch {
          // Storage can be refused; the choice then lasts until the page is left.
        }
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <Context value={value}>{children}</Context>;
}

export function useI18n(): I18n {
  const value = useContext(Context);
  if (!value) throw new Error('useI18n needs an I18nProvider above it');
  return value;
}

function initialLanguage(): Language {
  try {
    const stored = localStorage.getItem(storageKey);
    const known = languages.find((language) => language === stored);
    if (known) return known;
  } catch {
    // Storage can be refused; the browser's language is used then.
  }
  return preferredLanguage(navigator.languages);
}
