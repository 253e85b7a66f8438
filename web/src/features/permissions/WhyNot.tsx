import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { PermissionService } from '../../api/gen/services';
import type { ExplainPermissionResponseJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import { type Permission, verbOf } from '../../api/permissions';
import { useAction, useNow, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { names } from '../../room/when';
import { Button, IconButton } from '../../ui/Button';
import { Spinner } from '../../ui/Spinner';
import { useFullscreen } from '../../ui/useFullscreen';
import { ruleWords } from './ruleWords';

const MINUTE_MS = 60_000;

/** Says why this person may not do what they just tried, and lets them ask for it. */
export function WhyNot() {
  const permission = useRoom(select.access.refused);
  return permission && <Answer key={permission} permission={permission} />;
}

type Known = { answer: ExplainPermissionResponseJson } | { error: string } | null;

function Answer({ permission }: { permission: Permission }) {
  const session = useRoomSession();
  const roomId = useRoom(select.settings.roomId);
  const [known, setKnown] = useState<Known>(null);
  const ref = useRef<HTMLDivElement>(null);
  const close = () => session.closeRefusal();
  const full = useFullscreen();

  useEffect(() => {
    // In the top layer, as toasts are.
    const box = ref.current;
    if (typeof box?.showPopover === 'function') box.showPopover();
  }, [full]);
  useEffect(() => {
    const abort = new AbortController();
    call(PermissionService.explainPermission, { room: roomId, permission }, abort.signal).then(
      (answer) => setKnown({ answer }),
      (error: unknown) => {
        if (!abort.signal.aborted) setKnown({ error: explain(error) });
      },
    );
    return () => abort.abort();
  }, [roomId, permission]);

  return createPortal(
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it, wherever the focus in it is
    <div
      ref={ref}
      role="group"
      aria-label={`Why you can’t ${verbOf(permission)}`}
      popover="manual"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
      className="pointer-events-none fixed inset-x-0 top-16 bottom-auto z-50 m-0 flex w-auto justify-center overflow-visible border-0 bg-transparent px-4 text-ink"
    >
      <div className="glass-strong rise pointer-events-auto flex w-full max-w-md items-start gap-2 rounded-sheet py-3 pr-2 pl-4">
        <div className="min-w-0 grow" role="status">
          {known === null && (
            <p className="flex items-center gap-3 py-2">
              <Spinner /> You can’t {verbOf(permission)} here.
            </p>
          )}
          {known && 'error' in known && <p className="py-2">{known.error}</p>}
          {known && 'answer' in known && <Explained permission={permission} answer={known.answer} onClose={close} />}
        </div>
        <IconButton label="Dismiss" onClick={close}>
          <X size={18} />
        </IconButton>
      </div>
    </div>,
    full ?? document.body,
  );
}

interface ExplainedProps {
  permission: Permission;
  answer: ExplainPermissionResponseJson;
  onClose: () => void;
}

function Explained({ permission, answer, onClose }: ExplainedProps) {
  const verb = verbOf(permission);
  const rules = answer.rules ?? [];
  const nowMs = useNow(MINUTE_MS);
  return (
    <>
      <p className="py-2 font-semibold">{answer.message || `You can’t ${verb} in this room.`}</p>
      {rules.length > 0 && (
        <details className="text-small text-soft">
          <summary className="cursor-pointer select-none hover:text-ink">Why?</summary>
          <ol className="mt-1 grid list-decimal gap-0.5 pl-5">
            {rules.map((rule, index) => (
              <li key={`${rule.kind} ${index}`}>{ruleWords(rule, verb, nowMs)}</li>
            ))}
          </ol>
        </details>
      )}
      <Ask permission={permission} answer={answer} onClose={onClose} />
    </>
  );
}

/** Asks those who can grant it, in one press. */
function Ask({ permission, answer, onClose }: ExplainedProps) {
  const roomId = useRoom(select.settings.roomId);
  const [asked, setAsked] = useState(answer.asked === true);
  const { busy, error, run } = useAction();
  const granters = names((answer.granters ?? []).map((member) => member.displayName ?? ''));

  const ask = async () => {
    if (await run(() => call(PermissionService.requestPermission, { room: roomId, permission }))) setAsked(true);
  };
  const withdraw = async () => {
    if (await run(() => call(PermissionService.cancelPermissionRequest, { room: roomId, permission }))) onClose();
  };

  if (!asked && !answer.canAsk) return null;
  return (
    <div className="mt-2 flex flex-wrap items-center gap-3 pb-1">
      {asked ? (
        <>
          <span className="text-small text-soft">Asked. {granters || 'The owner'} can allow it.</span>
          <Button size="sm" busy={busy} onClick={() => void withdraw()}>
            Withdraw
          </Button>
        </>
      ) : (
        <>
          <Button size="sm" look="lit" busy={busy} onClick={() => void ask()}>
            Ask
          </Button>
          {granters && <span className="text-small text-soft">{granters} can allow it.</span>}
        </>
      )}
      {error && (
        <p role="alert" className="w-full text-small text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
