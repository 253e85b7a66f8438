import { Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ApiError, explain } from '../../api/errors';
import { Button, IconButton } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { Panel } from '../../ui/Panel';
import { TextField } from '../../ui/TextField';
import { safeNext } from './next';
import { signIn, signUp } from './opaque';
import { passwordFault } from './password';

/** The rule of `StartRegistrationRequest.username`. */
const USERNAME = /^[\p{L}\p{M}\p{N}_.-]{3,32}$/u;

const TEXTS = {
  in: { title: 'Sign in', other: 'No account yet?', otherLink: 'Sign up', otherPath: '/sign-up' },
  up: { title: 'Sign up', other: 'Already have an account?', otherLink: 'Sign in', otherPath: '/sign-in' },
};

export function AccountPage({ mode }: { mode: 'in' | 'up' }) {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<{ username?: string; password?: string; form?: string }>({});
  const texts = TEXTS[mode];

  useEffect(() => {
    document.title = `${texts.title} – SyncWatch`;
  }, [texts.title]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const name = username.trim();
    if (mode === 'up' && !USERNAME.test(name))
      return setErrors({ username: 'Use 3 to 32 letters, digits, dots, dashes or underscores.' });
    const fault = mode === 'up' ? passwordFault(password) : null;
    if (fault) return setErrors({ password: fault });
    setBusy(true);
    setErrors({});
    try {
      await (mode === 'up' ? signUp(name, password) : signIn(name, password));
      await navigate(safeNext(params.get('next')), { replace: true });
    } catch (error) {
      const aboutName =
        error instanceof ApiError && (error.reason === 'USERNAME_TAKEN' || error.violations[0]?.field === 'username');
      setErrors(aboutName ? { username: explain(error) } : { form: explain(error) });
      setBusy(false);
    }
  };

  return (
    <main className="grid grow place-items-center p-4">
      <Panel className="rise w-full max-w-md p-7 sm:p-9">
        <h1 className="text-title">{texts.title}</h1>
        <form onSubmit={(event) => void submit(event)} className="mt-6 grid gap-4" noValidate>
          <TextField
            label="Username"
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={username}
            onChange={(event) => setUsername(event.target.value)}
            error={errors.username ?? ''}
          />
          <TextField
            label="Password"
            name="password"
            type={shown ? 'text' : 'password'}
            autoComplete={mode === 'up' ? 'new-password' : 'current-password'}
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            error={errors.password ?? ''}
            hint={mode === 'up' ? 'Your password never leaves this browser.' : ''}
            action={
              <IconButton
                label={shown ? 'Hide password' : 'Show password'}
                aria-pressed={shown}
                className="size-9"
                onClick={() => setShown(!shown)}
              >
                {shown ? <EyeOff size={18} /> : <Eye size={18} />}
              </IconButton>
            }
          />
          {errors.form && <Notice tone="bad">{errors.form}</Notice>}
          <Button type="submit" look="lit" busy={busy} disabled={!username.trim() || !password} className="mt-1 h-12">
            {texts.title}
          </Button>
        </form>
        <p className="mt-6 text-sm text-soft">
          {texts.other}{' '}
          <Link to={`${texts.otherPath}?${params}`} className="font-semibold text-accent hover:underline">
            {texts.otherLink}
          </Link>
        </p>
      </Panel>
    </main>
  );
}
