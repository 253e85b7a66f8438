import { useEffect, useState } from 'react';
import { call } from '../../api/call';
import { MediaService } from '../../api/gen/services';
import { CHECK_AFTER_MS, looksLikeLink, plays, refusal, type Verdict } from './source';

const NONE: Verdict = { state: 'none' };

/** The server's check of a link, shortly after it was pasted. `again` repeats the check. */
export function useSourceCheck(link: string): { verdict: Verdict; again: () => void } {
  const [asked, setAsked] = useState(0);
  const [known, setKnown] = useState<{ link: string; verdict: Verdict }>({ link: '', verdict: NONE });

  useEffect(() => {
    if (!looksLikeLink(link)) return;
    const control = new AbortController();
    const timer = setTimeout(() => {
      setKnown({ link, verdict: { state: 'checking' } });
      call(MediaService.checkSource, { url: link, pageOrigin: window.location.origin }, control.signal).then(
        (checked) => setKnown({ link, verdict: plays(checked) }),
        (error: unknown) => {
          if (!control.signal.aborted) setKnown({ link, verdict: { state: 'refused', ...refusal(error) } });
        },
      );
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [link, asked]);

  return { verdict: known.link === link ? known.verdict : NONE, again: () => setAsked((count) => count + 1) };
}
