import { Upload } from 'lucide-react';
import { type ChangeEvent, useRef } from 'react';
import { Button } from '../../ui/Button';
import { ACCEPTED, filesOf, pickWithHandles } from './files';
import { offerFiles } from './offer';

interface Props {
  /** Empty: for the library alone. */
  roomId: string;
  look?: 'lit' | 'quiet';
}

/** Chooses files from this device. */
export function UploadButton({ roomId, look = 'quiet' }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const press = async () => {
    const picked = await pickWithHandles();
    if (picked) offerFiles(roomId, picked);
    else input.current?.click();
  };
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = filesOf(event.target.files);
    // The same file can be chosen again.
    event.target.value = '';
    offerFiles(roomId, chosen);
  };
  return (
    <>
      <Button look={look} size={look === 'lit' ? 'md' : 'sm'} onClick={() => void press()}>
        <Upload size={16} aria-hidden />
        Upload a file
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        accept={ACCEPTED}
        tabIndex={-1}
        aria-label="Files to upload"
        className="sr-only"
        onChange={take}
      />
    </>
  );
}
