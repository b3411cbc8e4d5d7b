import { useNavigate } from 'react-router';
import { changes } from '../api/changes';
import { useI18n } from '../i18n/context';
import { languages } from '../i18n/translate';
import { themeChoices, useTheme, type ThemeChoice } from '../theme/context';
import { Icon, type IconName } from '../ui/Icon';

const themeIcons: Readonly<Record<ThemeChoice, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };

/** Language, appearance and, where somebody is signed in, the way out. */
export function HeaderSwitches({ signOut = false }: { signOut?: boolean }) {
  const { t, language, setLanguage } = useI18n();
  const { choice, setChoice } = useTheme();
  const navigate = useNavigate();
  const themeName = t(`app.theme.${choice}`);
  const nextTheme = () =>
    setChoice(themeChoices[(themeChoices.indexOf(choice) + 1) % themeChoices.length] ?? 'system');
  const leave = async () => {
    // Whatever the server answers, the person wants to be out.
    await changes.signOut().catch(() => undefined);
    void navigate('/sign-in');
  };
  return (
    <div className="switches">
      <div className="segments segments-small" role="group" aria-label={t('app.language')}>
        {languages.map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            title={one === 'it' ? 'Italiano' : 'English'}
            aria-pressed={one === language}
            onClick={() => setLanguage(one)}
          >
            {one.toUpperCase()}
          </button>
        ))}
      </div>
      <button type="button" className="icon-button" onClick={nextTheme} title={`${t('app.theme')}: ${themeName}`}>
        <Icon name={themeIcons[choice]} />
        <span className="sr-only">
          {t('app.theme')}: {themeName}
        </span>
      </button>
      {signOut && (
        <button type="button" className="icon-button" onClick={() => void leave()} title={t('app.signOut')}>
          <Icon name="exit" />
          <span className="sr-only">{t('app.signOut')}</span>
        </button>
      )}
    </div>
  );
}
