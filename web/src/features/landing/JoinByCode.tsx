import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/TextField';
import { roomCodeFrom } from './roomCode';

/** A link of the header that asks for a room's code. */
export function JoinByCode() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)} className="text-label! max-sm:hidden">
        Join with a code
      </Button>
      {open && (
        <Dialog title="Join a room" onClose={() => setOpen(false)}>
          <CodeForm />
        </Dialog>
      )}
    </>
  );
}

function CodeForm() {
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
    <form onSubmit={submit} noValidate>
      <TextField
        label="Room code or invite link"
        placeholder="abcd-2345"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={text}
        error={error}
        onChange={(event) => {
          setText(event.target.value);
          setError('');
        }}
        action={
          <Button type="submit" look="lit" size="sm" className="rounded-full">
            Join
          </Button>
        }
      />
    </form>
  );
}
