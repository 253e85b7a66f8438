import { MicOff } from 'lucide-react';
import type { VoiceParticipantJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { Avatar } from '../../ui/Avatar';
import { Popover } from '../../ui/Popover';
import { Range } from '../../ui/Range';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import type { Line } from './engine/mesh';
import { loudnessOf, useVoiceSettings } from './voiceSettings';
import { depthWords, lineWords, whySilent } from './words';

const DEPTHS_DB = [0, 6, 12, 18, 24];

interface Props {
  participant: VoiceParticipantJson;
  /** Absent for oneself. */
  line: Line | undefined;
  isOwn: boolean;
}

/** One person in voice: whether they talk, why they cannot be heard, and how loud they are for this person. */
export function PersonVoice({ participant, line, isOwn }: Props) {
  const { subjectId = '', displayName = '' } = participant;
  const isSpeaking = useRoom((room) => select.voice.isSpeaking(room, subjectId));
  const { volume, muted, duckDb } = useVoiceSettings((state) => loudnessOf(state, subjectId));
  const setLoudness = useVoiceSettings((state) => state.setLoudness);
  const followDucking = useVoiceSettings((state) => state.followDucking);
  const everyone = useVoiceSettings((state) => state.duckDb);
  const why = whySilent(participant, line, muted);
  const face = (
    <span className="relative">
      <Avatar id={subjectId} name={displayName} size={30} talking={isSpeaking} />
      {why && <MicOff size={13} aria-hidden className="absolute -right-1 -bottom-0.5 rounded-full bg-ground p-px" />}
    </span>
  );
  const label = `${displayName}${isOwn ? ' (you)' : ''}${isSpeaking ? ', talking' : why && `, ${why}`}`;
  if (isOwn)
    return (
      <li aria-label={label} title={label} className="grid size-target place-items-center">
        {face}
      </li>
    );
  return (
    <li aria-label={label}>
      <Popover label={`Voice of ${displayName}`} icon={face} place="start">
        <h3 className="font-semibold">{displayName}</h3>
        <p className="mb-2 text-small text-soft">
          {[isSpeaking ? 'talking' : why, line && lineWords(line)].filter(Boolean).join(' · ')}
        </p>
        <Range
          label="Loudness, for you"
          value={volume}
          min={0}
          max={1}
          step={0.05}
          text={`${Math.round(volume * 100)} %`}
          onChange={(value) => setLoudness(subjectId, { volume: value })}
        />
        <Switch
          label="Mute for you"
          checked={muted}
          onChange={(checked) => setLoudness(subjectId, { muted: checked })}
        />
        <Select
          label="Film while they talk"
          value={duckDb ?? ''}
          onChange={({ target }) =>
            target.value === '' ? followDucking(subjectId) : setLoudness(subjectId, { duckDb: Number(target.value) })
          }
        >
          <option value="">As for everyone ({depthWords(everyone)})</option>
          {DEPTHS_DB.map((db) => (
            <option key={db} value={db}>
              {depthWords(db)}
            </option>
          ))}
        </Select>
      </Popover>
    </li>
  );
}
