import { Switch } from '../../ui/Switch';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

export function VoiceRules({ form: { room, save } }: { form: RoomSettingsForm }) {
  return (
    <Section title="Voice">
      <Switch
        label="Voice"
        hint="Off: nobody talks, not even the owner."
        checked={!room.voice?.disabled}
        onChange={(on) => save({ voice: { ...room.voice, disabled: !on } }, 'voice.disabled')}
      />
    </Section>
  );
}
