import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { changes } from '../../api/changes';
import { ApiError } from '../../api/error';
import { useI18n } from '../../i18n/context';
import { HeaderSwitches } from '../../shell/HeaderSwitches';
import { readNext } from '../../state/next';
import { Mark } from '../../ui/Mark';
import './sign-in.css';

// Read and removed when the module loads, before anything else can see or keep the address.
let codeOfLink = takeCode();

function takeCode(): string | null {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (code !== null) window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return code;
}

/** One question per code, which works only once, even when React mounts the page twice. */
const codeAnswers = new Map<string, Promise<unknown>>();

function askOnce(code: string): Promise<unknown> {
  // Whoever signs out comes back to this page, and must not be signed in again by an old answer.
  const answer = codeAnswers.get(code) ?? changes.signIn({ code }).finally(() => (codeOfLink = null));
  codeAnswers.set(code, answer);
  return answer;
}

export function SignIn() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [parameters] = useSearchParams();
  const next = readNext(parameters, window.location.origin);
  const [token, setToken] = useState('');
  const [code, setCode] = useState(codeOfLink);
  const [busy, setBusy] = useState(code !== null);
  const [problem, setProblem] = useState<string | null>(null);

  // Whoever signs in next sees nothing of who was here before.
  useEffect(() => cache.clear(), [cache]);

  useEffect(() => {
    document.title = `${t('signIn.title')} · orma`;
  }, [t]);

  useEffect(() => {
    // Another link pasted into this very tab changes the fragment and loads nothing.
    const onFragment = () => setCode((before) => takeCode() ?? before);
    window.addEventListener('hashchange', onFragment);
    return () => window.removeEventListener('hashchange', onFragment);
  }, []);

  useEffect(() => {
    if (code === null) return;
    let left = false;
    setBusy(true);
    setProblem(null);
    askOnce(code).then(
      () => !left && void navigate(next, { replace: true }),
      (error: unknown) => {
        if (left) return;
        setBusy(false);
        setProblem(isRefusal(error) ? t('signIn.usedCode') : t('error.unreachable'));
      },
    );
    return () => {
      left = true;
    };
  }, [code, navigate, next, t]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() === '') return setProblem(t('signIn.empty'));
    setBusy(true);
    setProblem(null);
    try {
      await changes.signIn({ token: token.trim() });
      void navigate(next, { replace: true });
    } catch (error) {
      setBusy(false);
      setProblem(t(problemOfToken(error)));
    }
  };

  return (
    <div className="sign-in">
      <header className="sign-in-switches">
        <HeaderSwitches />
      </header>
      <main className="sign-in-card">
        <div className="brand sign-in-brand">
          <Mark size={44} />
          <span>orma</span>
        </div>
        <p className="sign-in-tagline">{t('app.tagline')}</p>
        <form className="form-stack" onSubmit={(event) => void submit(event)} noValidate>
          <h1>{t('signIn.title')}</h1>
          <p className="quiet">{t('signIn.lead')}</p>
          <label>
            {t('signIn.token')}
            <input
              type="password"
              name="token"
              autoComplete="current-password"
              value={token}
              aria-invalid={problem !== null}
              aria-describedby="sign-in-hint"
              onChange={(event) => setToken(event.target.value)}
            />
          </label>
          <p id="sign-in-hint" className="quiet small">{t('signIn.tokenHint')}</p>
          {problem && <p className="form-error" role="alert">{problem}</p>}
          <button type="submit" className="button button-main" disabled={busy}>
            {busy ? t('signIn.busy') : t('signIn.submit')}
          </button>
        </form>
      </main>
    </div>
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

/** What to say of a token that opens nothing: one that is good for something else is not called wrong. */
function problemOfToken(error: unknown): 'signIn.otherRole' | 'signIn.wrongToken' | 'error.unreachable' {
  if (!isRefusal(error)) return 'error.unreachable';
  return error instanceof ApiError && error.code === 'role_not_allowed' ? 'signIn.otherRole' : 'signIn.wrongToken';
}
