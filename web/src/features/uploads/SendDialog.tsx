import { CircleAlert, CircleCheck, Clock3, FileQuestion } from 'lucide-react';
import { bytes } from '../../room/format';
import { plural } from '../../room/when';
import { Button } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { Spinner } from '../../ui/Spinner';
import type { ChosenFile } from './files';
import { uploads } from './instance';
import { closeOffer, useOffer } from './offer';
import { type Checked, useVerdicts } from './useVerdicts';
import type { Limits, Verdict } from './verdict';

/** Says what will happen to chosen files before anything of them is sent. */
export function SendDialog() {
  const offer = useOffer((state) => state.offer);
  return offer ? <Offered key={offer.files.map(({ file }) => file.name).join('/')} {...offer} /> : null;
}

function Offered({ roomId, files }: { roomId: string; files: readonly ChosenFile[] }) {
  const { checked, limits } = useVerdicts(files);
  const isChecking = checked.includes(undefined);
  const good = files.flatMap((file, index) => {
    const one = checked[index];
    return one && one.verdict.outcome !== 'refused' ? [{ ...file, contentType: one.contentType }] : [];
  });
  const size = good.reduce((sum, { file }) => sum + file.size, 0);
  const send = () => {
    closeOffer();
    void uploads.begin(roomId, good);
  };
  return (
    <Dialog
      title={files.length === 1 ? 'Upload this file?' : `Upload ${files.length} files?`}
      wide
      onClose={closeOffer}
      footer={
        <>
          <Button look="quiet" onClick={closeOffer}>
            {isChecking || good.length > 0 ? 'Cancel' : 'Close'}
          </Button>
          {(isChecking || good.length > 0) && (
            <Button look="lit" busy={isChecking} onClick={send}>
              {good.length === files.length || isChecking ? 'Upload' : `Upload ${plural(good.length, 'file')}`}
            </Button>
          )}
        </>
      }
    >
      <ul aria-label="Files" className="grid grid-cols-[minmax(0,1fr)] gap-2.5">
        {files.map(({ file }, index) => (
          <FileRow key={`${file.name} ${index}`} name={file.name} checked={checked[index]} />
        ))}
      </ul>
      <p role="status" className="sr-only">
        {isChecking ? 'Checking the files' : files.length === 1 ? checked[0]?.verdict.text : 'The files are checked'}
      </p>
      {limits && size > 0 && <Quota limits={limits} size={size} />}
    </Dialog>
  );
}

function FileRow({ name, checked }: { name: string; checked: Checked | undefined }) {
  const verdict = checked?.verdict;
  return (
    <li className="flex items-start gap-3 rounded-[15px] bg-raised px-3.5 py-2.5">
      <span className="mt-0.5 shrink-0">
        <Sign verdict={verdict} />
      </span>
      <span className="min-w-0">
        <span className="block text-[14.5px] leading-[1.3] font-semibold wrap-anywhere">{name}</span>
        {verdict && verdict.facts.length > 0 && (
          <span className="block text-small text-soft tabular-nums">{verdict.facts.join(' · ')}</span>
        )}
        <span className={cx('mt-0.5 block text-sm', verdict?.outcome === 'refused' ? 'text-bad' : 'text-soft')}>
          {verdict ? verdict.text : 'Looking into the file'}
        </span>
      </span>
    </li>
  );
}

function Sign({ verdict }: { verdict: Verdict | undefined }) {
  if (!verdict) return <Spinner size={17} />;
  if (verdict.outcome === 'plays') return <CircleCheck size={17} aria-hidden className="text-good" />;
  if (verdict.outcome === 'converts') return <Clock3 size={17} aria-hidden className="text-warn" />;
  if (verdict.outcome === 'refused') return <CircleAlert size={17} aria-hidden className="text-bad" />;
  return <FileQuestion size={17} aria-hidden className="text-soft" />;
}

function Quota({ limits: { usedBytes, quotaBytes }, size }: { limits: Limits; size: number }) {
  if (!quotaBytes) return null;
  return (
    <p className="mt-3 px-1 text-small text-soft">
      Your storage holds {bytes(usedBytes + size)} of {bytes(quotaBytes)} then.
    </p>
  );
}
