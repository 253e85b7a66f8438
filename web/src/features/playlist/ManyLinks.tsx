import { CircleAlert, CircleCheck } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { MediaService } from '../../api/gen/services';
import type { LinkVerdictJson } from '../../api/gen/syncwatch/media/v1/media_pb';
import { newId } from '../../api/ids';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Spinner } from '../../ui/Spinner';
import { inCalls, MAX_LINKS, type PastedLinks } from './manyLinks';

interface Props {
  pasted: PastedLinks;
  onClose: () => void;
}

/** Adds a pasted list, and says of each link what came of it. */
export function ManyLinks({ pasted: { links, left }, onClose }: Props) {
  const room = useRoom(select.settings.roomId);
  const [verdicts, setVerdicts] = useState<readonly LinkVerdictJson[]>([]);
  const [state, setState] = useState<'asking' | 'adding' | 'done'>('asking');
  const [error, setError] = useState('');
  const stopped = useRef(false);
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  const add = async () => {
    setState('adding');
    setError('');
    try {
      for (const part of inCalls(links.slice(verdicts.length))) {
        if (stopped.current) return;
        const answer = await call(MediaService.addItems, {
          room,
          links: part.map((url) => ({ url, requestId: newId() })),
        });
        setVerdicts((known) => [...known, ...(answer.verdicts ?? [])]);
      }
      setState('done');
    } catch (failure) {
      setError(explain(failure));
      setState('asking');
    }
  };

  const added = verdicts.filter((verdict) => verdict.item).length;
  const done = state === 'done';
  return (
    <Dialog
      title={done ? `${added} of ${links.length} added` : `Add ${links.length} links?`}
      wide
      onClose={onClose}
      footer={
        done ? (
          <Button look="lit" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button look="quiet" onClick={onClose}>
              {state === 'adding' ? 'Stop' : 'Cancel'}
            </Button>
            <Button look="lit" busy={state === 'adding'} onClick={() => void add()}>
              {verdicts.length ? 'Go on' : `Add ${links.length} links`}
            </Button>
          </>
        )
      }
    >
      {left > 0 && (
        <p className="mb-3 text-sm text-soft">
          Only the first {MAX_LINKS} links are taken at once. {left} more were pasted: add them afterwards.
        </p>
      )}
      {error && (
        <p role="alert" className="mb-3 text-sm text-bad">
          {error}
        </p>
      )}
      <p role="status" className="sr-only">
        {verdicts.length > 0 && `${verdicts.length} of ${links.length} checked, ${added} added`}
      </p>
      <ol aria-label="Links" className="grid grid-cols-[minmax(0,1fr)] gap-2">
        {links.map((link, index) => (
          <li key={link} className="flex items-start gap-2.5 text-sm">
            <Sign verdict={verdicts[index]} busy={state === 'adding'} />
            <span className="min-w-0">
              <span className="block truncate font-semibold">{verdicts[index]?.item?.title ?? link}</span>
              {verdicts[index] && !verdicts[index].item && (
                <span className="block text-small text-bad">{verdicts[index].message}</span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

function Sign({ verdict, busy }: { verdict: LinkVerdictJson | undefined; busy: boolean }) {
  if (verdict?.item) return <CircleCheck size={17} aria-label="added" className="mt-0.5 shrink-0 text-good" />;
  if (verdict) return <CircleAlert size={17} aria-label="not added" className="mt-0.5 shrink-0 text-bad" />;
  return busy ? <Spinner size={17} /> : <span className="mt-1.5 size-1.5 shrink-0 rounded-full bg-faint" />;
}
