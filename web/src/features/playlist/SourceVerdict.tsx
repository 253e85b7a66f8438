import { CircleCheck, ExternalLink, RotateCcw, TriangleAlert } from 'lucide-react';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { type Refusal, siteOf, type Verdict } from './source';

/** How a pasted link will play, before it is added. The field itself shows why a link is refused. */
export function SourceVerdict({ verdict }: { verdict: Verdict }) {
  return (
    <div role="status" aria-live="polite" className="text-sm empty:hidden">
      {verdict.state === 'checking' && (
        <p className="flex items-center gap-2 px-1 text-soft">
          <Spinner />
          Checking the link
        </p>
      )}
      {verdict.state === 'plays' && (
        <div className="rise grid gap-1 rounded-2xl bg-well px-3 py-2">
          <p className="flex items-center gap-2 font-semibold">
            {verdict.good ? (
              <CircleCheck size={16} aria-hidden className="shrink-0 text-good" />
            ) : (
              <TriangleAlert size={16} aria-hidden className="shrink-0 text-warn" />
            )}
            <span>{verdict.summary}</span>
          </p>
          <p className="truncate text-soft" title={verdict.title}>
            {[verdict.title, ...verdict.facts].join(' · ')}
          </p>
          {verdict.notes.length > 0 && (
            <ul className="grid gap-1 text-xs text-soft">
              {verdict.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}

interface RemediesProps {
  link: string;
  refusal: Refusal;
  busy: boolean;
  onAddAnyway: () => void;
  onCheckAgain: () => void;
}

/** What can be done about a refused link: in words, and as buttons. */
export function Remedies({ link, refusal: { hint, remedies }, busy, onAddAnyway, onCheckAgain }: RemediesProps) {
  const site = siteOf(link);
  if (!hint && remedies.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {hint && (
        <p role="status" className="w-full text-xs text-soft">
          {hint}
        </p>
      )}
      {remedies.map((remedy) => {
        if (remedy === 'ADD_ANYWAY') {
          return (
            <Button key={remedy} size="sm" disabled={busy} onClick={onAddAnyway}>
              Add anyway
            </Button>
          );
        }
        if (remedy === 'TRY_LATER') {
          return (
            <Button key={remedy} size="sm" disabled={busy} onClick={onCheckAgain}>
              <RotateCcw size={14} aria-hidden />
              Check again
            </Button>
          );
        }
        return (
          site && (
            <a
              key={remedy}
              href={site}
              target="_blank"
              rel="noreferrer"
              className="glass inline-flex h-8 items-center gap-1.5 rounded-xl px-3 text-sm font-semibold hover:bg-hover"
            >
              <ExternalLink size={14} aria-hidden />
              Open the site
            </a>
          )
        );
      })}
    </div>
  );
}
