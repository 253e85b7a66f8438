import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { useStore } from 'zustand';
import { call } from '../../../api/call';
import { UploadService } from '../../../api/gen/services';
import { sessionStore } from '../../../api/session';
import { bytes } from '../../../room/format';
import { useLoaded } from '../../../room/hooks';
import { Button } from '../../../ui/Button';
import { Panel } from '../../../ui/Panel';
import { EmptyState, FailedState, LoadingRows } from '../../../ui/States';
import { DropArea } from '../DropArea';
import { startUploads } from '../instance';
import { SendDialog } from '../SendDialog';
import { isUnsent, uploadsStore } from '../state';
import { UploadButton } from '../UploadButton';
import { UploadCard } from '../UploadCard';
import { LibraryRow } from './LibraryRow';
import { isMoving } from './words';

const PAGE_SIZE = 50;
const MAX_SIZE = 100;
const REFRESH_MS = 4_000;

/** One's own uploads, and how much storage they use. */
export function LibraryPage() {
  const personId = useStore(sessionStore, ({ session }) => session?.subjectId ?? '');
  const isRestoring = useStore(sessionStore, ({ status }) => status === 'restoring');
  useEffect(startUploads, []);
  useEffect(() => {
    document.title = 'Your uploads – SyncWatch';
  }, []);
  return (
    <main className="mx-auto w-full max-w-3xl grow px-5 pb-12 md:px-8">
      <div className="flex flex-wrap items-center gap-3 pt-2 pb-4">
        <h1 className="grow text-[28px] font-bold">Your uploads</h1>
        {personId && <UploadButton roomId="" look="lit" />}
      </div>
      {personId ? (
        <Library key={personId} />
      ) : isRestoring ? (
        <LoadingRows label="Loading your uploads" />
      ) : (
        <Panel className="p-4">
          <EmptyState title="Sign in to see your uploads">
            Files that you upload belong to you: with an account they follow you to each device.{' '}
            <Link to="/sign-in?next=%2Fuploads" className="font-semibold underline">
              Sign in
            </Link>
          </EmptyState>
        </Panel>
      )}
    </main>
  );
}

function Library() {
  const [size, setSize] = useState(PAGE_SIZE);
  const { uploads: mine } = useStore(uploadsStore);
  // What this browser sends or has just sent has a card; everything else is in the list.
  const cards = useMemo(
    () => mine.filter((view) => isUnsent(view) || view.problem).toSorted((a, b) => a.createdMs - b.createdMs),
    [mine],
  );
  const steps = mine.map(({ step }) => step).join(' ');
  const { data, error, reload } = useLoaded(`${size} ${steps}`, (signal) =>
    call(UploadService.listUploads, { pageSize: size }, signal),
  );
  const uploads = data?.uploads ?? [];
  const carded = new Set(cards.map(({ uploadId }) => uploadId));
  const listed = uploads.filter(({ id = '' }) => !carded.has(id));
  const moves = listed.some(isMoving);
  useEffect(() => {
    if (!moves) return;
    const timer = setTimeout(reload, REFRESH_MS);
    return () => clearTimeout(timer);
  });
  return (
    <>
      <DropArea roomId="" text="Drop files to upload them" />
      <SendDialog />
      {data && <Storage used={Number(data.usedBytes ?? 0)} quota={Number(data.quotaBytes ?? 0)} />}
      {cards.length > 0 && (
        <ul aria-label="Being sent" className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-2">
          {cards.map((view) => (
            <UploadCard key={view.key} view={view} />
          ))}
        </ul>
      )}
      <Panel className="rim relative mt-4 p-3">
        {error && <FailedState text={error} onRetry={reload} />}
        {!data && !error && <LoadingRows label="Loading your uploads" rows={4} />}
        {data && listed.length === 0 && (
          <EmptyState title={cards.length > 0 ? 'Nothing is ready yet' : 'Nothing here yet'}>
            Drop a film onto this page, or onto a room. You can watch it while it is being sent.
          </EmptyState>
        )}
        <ul aria-label="Your uploads" className="grid grid-cols-[minmax(0,1fr)] gap-0.5">
          {listed.map((upload) => (
            <LibraryRow key={upload.id} upload={upload} onChanged={reload} />
          ))}
        </ul>
        {data?.nextPageToken &&
          (size < MAX_SIZE ? (
            <Button className="mx-auto mt-2 flex" onClick={() => setSize(MAX_SIZE)}>
              Show more
            </Button>
          ) : (
            <p className="px-2 py-3 text-center text-small text-soft">
              The newest {MAX_SIZE} are shown. Delete some to see earlier ones.
            </p>
          ))}
      </Panel>
    </>
  );
}

function Storage({ used, quota }: { used: number; quota: number }) {
  const part = quota > 0 ? Math.min(1, used / quota) : 0;
  return (
    <div>
      <div
        role="meter"
        aria-label="Storage used"
        aria-valuemin={0}
        aria-valuemax={quota || used}
        aria-valuenow={used}
        aria-valuetext={`${bytes(used)} of ${bytes(quota)}`}
        className="h-2 overflow-hidden rounded-full bg-hover"
      >
        <div className={part > 0.9 ? 'h-full bg-warn' : 'h-full bg-accent'} style={{ width: `${part * 100}%` }} />
      </div>
      <p className="mt-1.5 text-small text-soft tabular-nums">
        {quota > 0 ? `${bytes(used)} of ${bytes(quota)} used` : `${bytes(used)} used`}
      </p>
    </div>
  );
}
