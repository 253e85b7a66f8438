import type { ChatPolicyJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const SLOW_MODES: readonly [seconds: number, label: string][] = [
  [0, 'As often as they like'],
  [5, 'Every 5 seconds'],
  [10, 'Every 10 seconds'],
  [30, 'Every 30 seconds'],
  [60, 'Every minute'],
  [300, 'Every 5 minutes'],
];

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
            {SLOW_MODES.map(([seconds, label]) => (
              <option key={seconds} value={seconds}>
                {label}
              </option>
            ))}
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
