import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './Button';
import { copyText } from './copyText';
import { TextField } from './TextField';

const SAID_MS = 4_000;

interface Props {
  label: string;
  /** Keeps the label for screen readers only. */
  bare?: boolean;
  link: string;
  /** Copies it as soon as it is shown. */
  copyAtOnce?: boolean;
}

/** A link with a button that copies it. */
export function LinkField({ label, bare = false, link, copyAtOnce = false }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (copyAtOnce) void copyText(link).then(setCopied);
  }, [copyAtOnce, link]);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <TextField
        label={label}
        bare={bare}
        readOnly
        value={link}
        onFocus={(event) => event.target.select()}
        action={
          <Button size="sm" look="lit" className="rounded-full" onClick={() => void copyText(link).then(setCopied)}>
            {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
            {copied ? 'Copied' : 'Copy'}
          </Button>
        }
      />
      <p role="status" className="sr-only">
        {copied ? 'Link copied' : ''}
      </p>
    </>
  );
}
