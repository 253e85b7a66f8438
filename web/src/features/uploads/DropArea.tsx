import { Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { droppedFiles, hasFiles } from './files';
import { offerFiles } from './offer';

interface Props {
  roomId: string;
  /** Where a drop goes, in words. */
  text: string;
  /** Takes the place of an upload: the person may not. */
  refuse?: (() => void) | undefined;
}

/** Takes files that are dropped anywhere on the page. */
export function DropArea({ roomId, text, refuse }: Props) {
  const [isOver, setOver] = useState(false);
  const sheet = useRef<HTMLDivElement>(null);
  const refusing = useRef(refuse);
  useEffect(() => {
    refusing.current = refuse;
  });
  // Case M39: in the top layer it lies over dialogs and full screen, too.
  useEffect(() => {
    if (isOver) sheet.current?.showPopover?.();
  }, [isOver]);
  useEffect(() => {
    let depth = 0;
    const end = new AbortController();
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      addEventListener(type, (event) => hasFiles(event.dataTransfer) && act(event), { signal: end.signal });
    on('dragenter', () => {
      depth += 1;
      setOver(true);
    });
    on('dragleave', () => {
      depth -= 1;
      if (depth <= 0) setOver(false);
    });
    // Without this the browser opens the file in the place of the page.
    on('dragover', (event) => event.preventDefault());
    on('drop', (event) => {
      event.preventDefault();
      depth = 0;
      setOver(false);
      if (!event.dataTransfer) return;
      if (refusing.current) refusing.current();
      else void droppedFiles(event.dataTransfer).then((files) => offerFiles(roomId, files));
    });
    return () => end.abort();
  }, [roomId]);
  if (!isOver) return null;
  return (
    <div
      ref={sheet}
      popover="manual"
      className="pointer-events-none fixed inset-0 m-0 size-auto max-h-none max-w-none border-0 bg-black/60 p-5 text-[#f6f3ee]"
    >
      <div className="grid size-full place-items-center rounded-sheet border-2 border-dashed border-[#ffd9a0]">
        <p className="glass-over rise flex items-center gap-3 rounded-full px-6 py-4 text-title">
          <Upload size={24} aria-hidden />
          {text}
        </p>
      </div>
    </div>
  );
}
