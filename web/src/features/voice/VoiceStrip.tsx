import { Headphones, Mic, MicOff, PhoneOff, Settings2 } from 'lucide-react';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Button, IconButton } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { Popover } from '../../ui/Popover';
import { PersonVoice } from './PersonVoice';
import { PrivacySign } from './PrivacySign';
import { keyName } from './talkKey';
import { VoiceSettingsForm } from './VoiceSettingsForm';
import { duckDepthDb, useVoiceSettings } from './voiceSettings';
import { useVoice } from './voiceStore';
import { adviceFor } from './words';

/** While one is in voice: who is, who talks, the button to talk, and the way out. */
export default function VoiceStrip() {
  const { view, chat } = useVoice();
  const participants = useRoom(select.voice.participants);
  const speaking = useRoom(select.voice.speaking);
  const myId = useRoom(select.access.mySubjectId);
  const settings = useVoiceSettings();
  if (!chat) return null;
  const own = participants.find(({ subjectId }) => subjectId === myId);
  const advice = adviceFor([...view.lines.values()], view.hasRelay);
  const duckDb = duckDepthDb(
    settings,
    speaking.filter((id) => id !== myId),
  );
  return (
    <section aria-label="Voice" className="mx-3 mb-2 grid gap-2 rounded-[15px] bg-well p-2">
      <div className="flex items-center gap-1">
        <ul aria-label="People in voice" className="flex min-w-0 grow flex-wrap gap-1.5">
          {participants.map((participant) => (
            <PersonVoice
              key={participant.subjectId}
              participant={participant}
              line={view.lines.get(participant.subjectId ?? '')}
              isOwn={participant.subjectId === myId}
            />
          ))}
        </ul>
        <IconButton
          label={view.muted ? 'Unmute microphone' : 'Mute microphone'}
          aria-pressed={view.muted}
          onClick={() => void chat.setMuted(!view.muted)}
          className={cx(view.muted && 'text-bad')}
        >
          {view.muted || !view.hasMicrophone ? <MicOff size={19} /> : <Mic size={19} />}
        </IconButton>
        <Popover label="Voice settings" icon={<Settings2 size={19} />}>
          <VoiceSettingsForm meter={chat} device={view.device} />
        </Popover>
        <IconButton label="Leave voice" onClick={() => chat.leave()} className="text-bad">
          <PhoneOff size={19} />
        </IconButton>
      </div>
      {view.needsTap && (
        <Button look="lit" size="sm" onClick={() => chat.unlock()}>
          Tap to hear the others
        </Button>
      )}
      {view.leaks && settings.asksHeadphones && <HeadphonesHint />}
      {own?.muted ? (
        <p className="px-1 text-small text-bad">{own.muted.byName ?? 'A moderator'} muted you.</p>
      ) : (
        settings.mode === 'push_to_talk' && <TalkButton />
      )}
      <p aria-live="polite" className="sr-only">
        {view.open ? 'Your microphone is open.' : 'Your microphone is closed.'}
      </p>
      {participants.length > 1 && <PrivacySign privacy={view.privacy} />}
      {(duckDb > 0 || advice) && (
        <p className={cx('px-1 text-small', advice ? 'text-warn' : 'text-faint')}>
          {advice || `Film turned down by ${duckDb} dB while somebody talks`}
        </p>
      )}
    </section>
  );
}

/** The film was measured in the microphone. */
function HeadphonesHint() {
  const { chat } = useVoice();
  const change = useVoiceSettings((state) => state.change);
  return (
    <div role="status" className="grid gap-1 rounded-[11px] bg-hover p-2">
      <p className="flex gap-2 text-small">
        <Headphones size={17} aria-hidden className="shrink-0" />
        Your microphone picks up the film, so the others may hear it twice. Use headphones, or turn the film down.
      </p>
      <div className="flex justify-end gap-1">
        <Button look="quiet" size="sm" onClick={() => change({ asksHeadphones: false })}>
          Don’t ask again
        </Button>
        <Button size="sm" onClick={() => chat?.acceptLeak()}>
          OK
        </Button>
      </div>
    </div>
  );
}

/** Held: talks. Pressed twice: talks until the next press. */
function TalkButton() {
  const { view, chat } = useVoice();
  const { pttKey } = useVoiceSettings();
  if (!chat) return null;
  const text = { closed: 'Hold to talk', held: 'Talking', locked: 'Talking · press to stop' }[view.talk];
  return (
    <Button
      size="sm"
      aria-pressed={view.talk !== 'closed'}
      title="Hold to talk; press twice to keep talking"
      className={cx('touch-none', view.open && 'bg-good! text-ground!')}
      onContextMenu={(event) => event.preventDefault()}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        chat.press();
      }}
      onPointerUp={() => chat.release()}
      onPointerCancel={() => chat.letGo()}
      onKeyDown={(event) => {
        if (event.repeat || (event.key !== ' ' && event.key !== 'Enter')) return;
        event.preventDefault();
        chat.press();
      }}
      onKeyUp={(event) => {
        if (event.key === ' ' || event.key === 'Enter') chat.release();
      }}
      onBlur={() => chat.letGo()}
    >
      <Mic size={17} aria-hidden />
      {text}
      <kbd className="ml-auto text-faint touch:hidden">{keyName(pttKey)}</kbd>
    </Button>
  );
}
