import type { JoinRequestJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { useNow } from '../../room/hooks';
import { ago, instantMs } from '../../room/when';
import { Button } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';

const EVERY_MS = 15_000;

/** Waits for a decision. The server keeps the request, so the page may be reloaded. */
export function WaitingStep({ request, onWithdraw }: { request: JoinRequestJson; onWithdraw: () => void }) {
  const nowMs = useNow(EVERY_MS);
  const askedMs = instantMs(request.requestedAt);
  return (
    <>
      <p role="status" className="flex items-start gap-3">
        <span className="mt-0.5 text-soft">
          <Spinner />
        </span>
        <span>
          Waiting for somebody to let you in. You’ll join by yourself as soon as they do; you can also come back later.
        </span>
      </p>
      <p className="text-sm text-soft">
        You asked as <b className="text-ink">{request.displayName}</b>
        {askedMs === null ? '' : ` ${ago(askedMs, nowMs)}`}
        {request.message ? ` and wrote “${request.message}”` : ''}.
      </p>
      <Button onClick={onWithdraw}>Stop waiting</Button>
    </>
  );
}
