import type { PlaybackPolicyJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { Choice } from '../../ui/Choice';
import { Switch } from '../../ui/Switch';
import {
  limitSeconds,
  MAX_LIMIT_SECONDS,
  MIN_LIMIT_SECONDS,
  quorumPercent,
  type WaitFor,
  waitFor,
  waitMode,
} from './answers';
import { SavedRange } from './SavedRange';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

export function HowItPlays({ form: { room, save } }: { form: RoomSettingsForm }) {
  const { policy } = room;
  const waits = waitFor(policy);
  const seconds = limitSeconds(policy);
  const change = (part: PlaybackPolicyJson, field: keyof PlaybackPolicyJson) =>
    save({ policy: { ...policy, ...part } }, `policy.${field}`);
  return (
    <Section title="How it plays">
      <Switch
        label="Wait for slow people"
        {...(waits !== 'none' && { detail: `up to ${seconds} s` })}
        hint="Off: everybody starts at once, and whoever isn’t ready catches up."
        checked={waits !== 'none'}
        onChange={(on) => change({ wait: waitMode(on ? 'all' : 'none') }, 'wait')}
      />
      {waits !== 'none' && (
        <>
          <Choice<WaitFor>
            label="Start when"
            value={waits}
            onChange={(answer) => change({ wait: waitMode(answer) }, 'wait')}
            options={[
              { value: 'all', label: 'Everyone is ready', hint: 'The slowest person decides' },
              { value: 'part', label: 'Most people are ready', hint: 'The others catch up' },
            ]}
          />
          {waits === 'part' && (
            <SavedRange
              label="How many must be ready"
              min={10}
              max={100}
              step={5}
              value={quorumPercent(policy)}
              unit="%"
              onSave={(percent) => change({ quorumPercent: percent }, 'quorumPercent')}
            />
          )}
          <SavedRange
            label="Wait at most"
            min={MIN_LIMIT_SECONDS}
            max={MAX_LIMIT_SECONDS}
            step={1}
            value={seconds}
            unit=" s"
            onSave={(limit) => change({ waitLimitMs: limit * 1000 }, 'waitLimitMs')}
          />
        </>
      )}
      <Switch
        label="Next starts by itself"
        hint="Off: the room stops at the end of each video."
        checked={!policy?.stopAtEnd}
        onChange={(on) => change({ stopAtEnd: !on }, 'stopAtEnd')}
      />
    </Section>
  );
}
