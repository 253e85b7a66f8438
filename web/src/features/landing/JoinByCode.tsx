import { ArrowRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';
import { roomCodeFrom } from './roomCode';

export function JoinByCode() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [error, setError] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const code = roomCodeFrom(text);
    if (code) void navigate(`/r/${code}`);
    else setError('A room code has 8 letters and digits. You can also paste the whole invite link.');
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label="Room code or invite link"
        bare
        placeholder="Room code or link"
        autoComplete="off"
        spellCheck={false}
        value={text}
        error={error}
        onChange={(event) => {
          setText(event.target.value);
          setError('');
        }}
        action={
          <Button type="submit" size="sm" className="h-9">
            Join
            <ArrowRight size={16} aria-hidden />
          </Button>
        }
      />
    </form>
  );
}
