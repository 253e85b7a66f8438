import { Pause, Play, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button, IconButton } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { FindButton } from './FindButton';
import { uploads } from './instance';
import { percentOf } from './progress';
import { isUnsent, type UploadView } from './state';
import { preparingWords, readyWords, saidOf, sendingWords } from './words';

interface Props {
  view: UploadView;
  /** Plays it in the room; absent: nothing to press. */
  onWatch?: (() => void) | undefined;
}

/** One upload in three steps, each with its own figures. */
export function UploadCard({ view, onWatch }: Props) {
  const { key, filename, step, problem, note, playable, percent, sentBytes, sizeBytes } = view;
  const canPause = step === 'sending' || step === 'waiting';
  const close = () => (isUnsent(view) ? void uploads.cancel(key) : uploads.dismiss(key));
  return (
    <li className="rounded-2xl bg-raised px-3.5 pt-2 pb-3">
      <div className="flex items-center gap-1">
        <p className="min-w-0 grow truncate text-[14.5px] font-semibold" title={filename}>
          {filename}
        </p>
        {canPause && (
          <IconButton label={`Pause ${filename}`} onClick={() => uploads.pause(key)} className="rounded-full">
            <Pause size={17} />
          </IconButton>
        )}
        {step === 'paused' && (
          <IconButton label={`Resume ${filename}`} onClick={() => uploads.resume(key)} className="rounded-full">
            <Play size={17} />
          </IconButton>
        )}
        <IconButton
          label={isUnsent(view) ? `Cancel ${filename}` : `Hide ${filename}`}
          onClick={close}
          className="-mr-2 rounded-full"
        >
          <X size={17} />
        </IconButton>
      </div>
      <div className="grid grid-cols-3 gap-2.5">
        <Part
          name="Sending"
          percent={percentOf(sentBytes, sizeBytes)}
          words={sendingWords(view)}
          active={step === 'sending'}
        />
        <Part name="Preparing" percent={percent} words={preparingWords(view)} active={step === 'preparing'} />
        <Part
          name="Ready"
          percent={step === 'ready' ? 100 : 0}
          words={readyWords(view)}
          active={playable && step !== 'failed'}
        />
      </div>
      {note && !problem && <p className="mt-2 text-small text-warn">{note}</p>}
      {problem && <p className={cx('mt-2 text-small', step === 'failed' ? 'text-bad' : 'text-warn')}>{problem.text}</p>}
      <Remedy view={view} />
      {onWatch && (
        <Button look="lit" size="sm" onClick={onWatch} className="mt-2.5 w-full rounded-full">
          Start watching
        </Button>
      )}
      <p role="status" className="sr-only">
        {saidOf(view)}
      </p>
    </li>
  );
}

function Part({ name, percent, words, active }: { name: string; percent: number; words: string; active: boolean }) {
  return (
    <div className="min-w-0">
      <div
        role="progressbar"
        aria-label={name}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={words || `${percent} %`}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-1000 ease-linear motion-reduce:transition-none"
          style={{ width: `${percent}%` }}
        />
      </div>
      <p className={cx('mt-1.5 text-small font-bold', active ? 'text-ink' : 'text-soft')}>{name}</p>
      <p className="text-small text-soft tabular-nums">{words}</p>
    </div>
  );
}

/** What a person can do about an upload that stopped. */
function Remedy({ view: { key, problem, filename } }: { view: UploadView }): ReactNode {
  switch (problem?.remedy) {
    case 'again':
      return <Act label={`Send ${filename} again`} text="Send again" act={() => void uploads.again(key)} />;
    case 'allow':
      return <Act label={`Go on with ${filename}`} text="Go on" act={() => void uploads.allow(key)} />;
    case 'find':
      return <FindButton uploadKey={key} filename={filename} />;
    case 'library':
      return (
        <Link to="/uploads" className="mt-2 inline-block text-small font-semibold underline">
          Open your uploads
        </Link>
      );
    default:
      return null;
  }
}

function Act({ label, text, act }: { label: string; text: string; act: () => void }) {
  return (
    <Button size="sm" aria-label={label} onClick={act} className="mt-2">
      {text}
    </Button>
  );
}
