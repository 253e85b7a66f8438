import type { ChatPolicyJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { SLOW_MODES } from '../../room/slowMode';
import { Options } from '../../ui/Options';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

export function ChatRules({ form: { room, save } }: { form: RoomSettingsForm }) {
  const { chat } = room;
  const slow = chat?.slowModeSeconds ?? 0;
  const change = (part: ChatPolicyJson, field: keyof ChatPolicyJson) =>
    save({ chat: { ...chat, ...part } }, `chat.${field}`);
  return (
    <Section title="Chat">
      <Switch
        label="Chat"
        hint="Off: nobody writes. To quiet one person, mute them under People."
        checked={!chat?.disabled}
        onChange={(on) => change({ disabled: !on }, 'disabled')}
      />
      {!chat?.disabled && (
        <>
          <Select
            label="How often one person can write"
            value={slow}
            onChange={(event) => change({ slowModeSeconds: Number(event.target.value) }, 'slowModeSeconds')}
          >
            {!SLOW_MODES.some(([seconds]) => seconds === slow) && <option value={slow}>Every {slow} seconds</option>}
            <Options options={SLOW_MODES} />
          </Select>
          <Switch
            label="Links in messages"
            checked={!chat?.linksForbidden}
            onChange={(on) => change({ linksForbidden: !on }, 'linksForbidden')}
          />
        </>
      )}
    </Section>
  );
}
