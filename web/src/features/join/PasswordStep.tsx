import { type FormEvent, useState } from 'react';
import { type ApiError, explain } from '../../api/errors';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';

interface Props {
  error: ApiError | null;
  onSubmit: (password: string) => void;
}

export function PasswordStep({ error, onSubmit }: Props) {
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password) onSubmit(password);
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      <TextField
        label="Password of this room"
        name="room-password"
        type="password"
        autoComplete="off"
        maxLength={1024}
        value={password}
        error={error ? whatIsWrong(error) : ''}
        hint="Ask the person who sent you the link."
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" look="lit" size="lg" disabled={!password}>
        Join
      </Button>
    </form>
  );
}

function whatIsWrong(error: ApiError): string {
  const left = Number(error.metadata['attempts_left']);
  if (error.reason !== 'WRONG_ROOM_PASSWORD' || !left) return explain(error);
  return `Wrong password. You have ${left === 1 ? 'one more try' : `${left} more tries`}.`;
}
