import { useRef } from 'react';
import { Button } from '../../ui/Button';
import { ACCEPTED, filesOf, pickWithHandles } from './files';
import { uploads } from './instance';

/** Chooses the file of an upload again, of which the browser knows the name alone. */
export function FindButton({ uploadKey, filename }: { uploadKey: string; filename: string }) {
  const input = useRef<HTMLInputElement>(null);
  const press = async () => {
    const picked = await pickWithHandles();
    if (!picked) input.current?.click();
    else if (picked[0]) void uploads.takeFile(uploadKey, picked[0]);
  };
  return (
    <>
      <Button size="sm" onClick={() => void press()} className="mt-2">
        Choose the file again
      </Button>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
        tabIndex={-1}
        aria-label={`${filename} again`}
        className="sr-only"
        onChange={(event) => {
          const [chosen] = filesOf(event.target.files);
          event.target.value = '';
          if (chosen) void uploads.takeFile(uploadKey, chosen);
        }}
      />
    </>
  );
}
