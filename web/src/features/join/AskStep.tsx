import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/Button';
import { TextField } from '../../ui/TextField';

/** Asks those in the room to be let in. */
export function AskStep({ name, onAsk }: { name: string; onAsk: (message: string) => void }) {
  const [message, setMessage] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk(message.trim());
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      <p className="text-soft">
        Somebody in the room decides who comes in. They’ll see that <b className="text-ink">{name}</b> would like to
        join.
      </p>
      <TextField
        label="Say who you are (optional)"
        name="application"
        autoComplete="off"
        maxLength={200}
        value={message}
        onChange={(event) => setMessage(event.target.value)}
      />
      <Button type="submit" look="lit" size="lg">
        Ask to join
      </Button>
    </form>
  );
}
