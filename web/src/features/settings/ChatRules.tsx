import type { ChatPolicyJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { RETENTION_DAYS, SLOW_MODES } from '../../room/choices';
import { Switch } from '../../ui/Switch';
import { NumberSelect } from './NumberSelect';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

export function ChatRules({ form: { room, save } }: { form: RoomSettingsForm }) {
  const { chat } = room;
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
          <NumberSelect
            label="How often one person can write"
            choices={SLOW_MODES}
            value={chat?.slowModeSeconds ?? 0}
            words={(seconds) => `Every ${seconds} seconds`}
            onSave={(slowModeSeconds) => change({ slowModeSeconds }, 'slowModeSeconds')}
          />
          <Switch
            label="Links in messages"
            checked={!chat?.linksForbidden}
            onChange={(on) => change({ linksForbidden: !on }, 'linksForbidden')}
          />
        </>
      )}
      <NumberSelect
        label="How long messages are kept"
        choices={RETENTION_DAYS}
        value={chat?.retentionDays ?? 0}
        words={(days) => `${days} days`}
        onSave={(retentionDays) => change({ retentionDays }, 'retentionDays')}
      />
    </Section>
  );
}
