import { Headphones, Settings2 } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useAction, useGate, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { Popover } from '../../ui/Popover';
import { joinVoice, useVoice } from './voiceStore';
import { namesOf } from './words';

const VoiceStrip = lazy(() => import('./VoiceStrip'));
const VoicePreview = lazy(() => import('./VoicePreview'));

/** One quiet button while one is out of voice, and the strip while one is in. */
export function VoiceBar() {
  const session = useRoomSession();
  const status = useVoice((state) => state.view.status);
  const participants = useRoom(select.voice.participants);
  const isKnown = useRoom(select.voice.isKnown);
  const max = useRoom(select.voice.max);
  const isOff = useRoom((room) => room.settings?.voice?.disabled === true);
  const gate = useGate('PERMISSION_USE_VOICE');
  const { busy, error, run } = useAction();
  if (status === 'in')
    return (
      <Suspense>
        <VoiceStrip />
      </Suspense>
    );
  if (!isKnown || isOff) return null;
  const names = namesOf(participants);
  const isFull = max > 0 && participants.length >= max;
  return (
    <div className="grid gap-1.5 px-3 pb-1.5">
      <div className="flex items-center gap-1">
        <Button
          look="quiet"
          size="sm"
          busy={busy || status === 'joining'}
          aria-disabled={!gate.may || undefined}
          className="min-w-0 grow justify-start!"
          onClick={() => gate.press(() => void run(() => joinVoice(session)))}
        >
          <Headphones size={17} aria-hidden />
          <span className="truncate">
            Join voice{names && ` · ${names}`}
            {isFull && ` · full (${participants.length} of ${max})`}
          </span>
        </Button>
        {gate.may && (
          <Popover label="Voice settings" icon={<Settings2 size={19} />}>
            <Suspense>
              <VoicePreview />
            </Suspense>
          </Popover>
        )}
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
    </div>
  );
}
