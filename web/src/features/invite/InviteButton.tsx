import { Check, Copy, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { TextField } from '../../ui/TextField';

export function InviteButton({ code }: { code: string }) {
  const [open, setOpen] = useState(false);
  const [copied, setCopied] = useState(false);
  const link = `${location.origin}/r/${code}`;

  const copy = async () => {
    setCopied(await copyText(link));
  };

  return (
    <>
      <Button
        look="lit"
        size="sm"
        className="h-9"
        onClick={() => {
          setOpen(true);
          void copy();
        }}
      >
        <UserPlus size={16} aria-hidden />
        Invite
      </Button>
      {open && (
        <Dialog
          title="Invite people"
          onClose={() => {
            setOpen(false);
            setCopied(false);
          }}
        >
          <TextField
            label="Anyone with this link can join"
            readOnly
            value={link}
            onFocus={(event) => event.target.select()}
            action={
              <Button size="sm" className="h-9" onClick={() => void copy()}>
                {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
                {copied ? 'Copied' : 'Copy'}
              </Button>
            }
          />
          <p role="status" className="sr-only">
            {copied ? 'Link copied' : ''}
          </p>
          <p className="mt-5 text-sm text-soft">Or share the room code:</p>
          <p className="mt-1 font-mono text-3xl font-bold tracking-[0.14em]">
            {code.slice(0, 4)}-{code.slice(4)}
          </p>
        </Dialog>
      )}
    </>
  );
}

/** Returns false without a clipboard (plain http): people copy from the field by hand. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
