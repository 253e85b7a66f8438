import { Settings2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Popover } from '../../ui/Popover';
import { Range } from '../../ui/Range';
import { Segmented } from '../../ui/Segmented';
import { Select } from '../../ui/Select';
import { Switch } from '../../ui/Switch';
import type { VoiceChat } from './engine/voiceChat';
import { keyName } from './talkKey';
import { MAX_DUCK_DB, useVoiceSettings, type VoiceSettings } from './voiceSettings';

const METER_EVERY_MS = 50;
const LOWEST_DB = -60;

/** How this device talks and listens. */
export function VoiceSettingsBox({ chat }: { chat: VoiceChat }) {
  return (
    <Popover label="Voice settings" icon={<Settings2 size={19} />}>
      <Settings chat={chat} />
    </Popover>
  );
}

function Settings({ chat }: { chat: VoiceChat }) {
  const settings = useVoiceSettings();
  const { change } = settings;
  const devices = useDevices();
  return (
    <div className="grid gap-2">
      <Segmented<VoiceSettings['mode']>
        label="When your microphone is open"
        options={[
          { value: 'push_to_talk', label: 'Hold to talk' },
          { value: 'voice_activity', label: 'When you speak' },
        ]}
        value={settings.mode}
        onChange={(mode) => change({ mode })}
      />
      {settings.mode === 'push_to_talk' ? (
        <KeyChoice value={settings.pttKey} onChange={(pttKey) => change({ pttKey })} />
      ) : (
        <Range
          label="Sensitivity"
          value={settings.vadThreshold}
          min={0}
          max={1}
          step={0.05}
          text={`${Math.round(settings.vadThreshold * 100)} %`}
          onChange={(vadThreshold) => change({ vadThreshold })}
        />
      )}
      <Meter chat={chat} marked={settings.mode === 'voice_activity'} />
      <Select
        label="Microphone"
        value={settings.deviceId}
        onChange={({ target }) => change({ deviceId: target.value })}
      >
        <option value="">{chat.view.device ? `Default (${chat.view.device})` : 'Default'}</option>
        {devices.inputs.map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>
            {label}
          </option>
        ))}
      </Select>
      {'setSinkId' in HTMLMediaElement.prototype && devices.outputs.length > 0 && (
        <Select
          label="Voices play on"
          value={settings.outputId}
          onChange={({ target }) => change({ outputId: target.value })}
        >
          <option value="">Default</option>
          {devices.outputs.map(({ deviceId, label }) => (
            <option key={deviceId} value={deviceId}>
              {label}
            </option>
          ))}
        </Select>
      )}
      <Range
        label="Film while others talk"
        value={settings.duckDb}
        min={0}
        max={MAX_DUCK_DB}
        step={1}
        text={settings.duckDb === 0 ? 'as loud as ever' : `−${settings.duckDb} dB`}
        onChange={(duckDb) => change({ duckDb })}
      />
      <Switch
        label="Noise suppression"
        checked={settings.noiseSuppression}
        onChange={(noiseSuppression) => change({ noiseSuppression })}
      />
      <Switch
        label="Echo cancellation"
        hint="Off only with headphones: others would hear your film."
        checked={settings.echoCancellation}
        onChange={(echoCancellation) => change({ echoCancellation })}
      />
      <Switch
        label="Automatic level"
        checked={settings.autoGainControl}
        onChange={(autoGainControl) => change({ autoGainControl })}
      />
      <Switch
        label="Join muted"
        hint="The browser asks for the microphone when you unmute."
        checked={settings.joinMuted}
        onChange={(joinMuted) => change({ joinMuted })}
      />
    </div>
  );
}

/** Shows the level of the microphone and the threshold at which it opens. */
function Meter({ chat, marked }: { chat: VoiceChat; marked: boolean }) {
  const [levels, setLevels] = useState({ level: LOWEST_DB, threshold: LOWEST_DB });
  useEffect(() => {
    const timer = setInterval(
      () => setLevels({ level: chat.levelDb(), threshold: chat.thresholdDb() }),
      METER_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [chat]);
  const part = (db: number) => Math.round(100 * Math.max(0, Math.min(1, 1 - db / LOWEST_DB)));
  return (
    <div
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part(levels.level)}
      className="relative h-2 overflow-hidden rounded-full bg-hover"
    >
      <div className="h-full bg-good" style={{ width: `${part(levels.level)}%` }} />
      {marked && (
        <div aria-hidden className="absolute inset-y-0 w-0.5 bg-ink" style={{ left: `${part(levels.threshold)}%` }} />
      )}
    </div>
  );
}

function KeyChoice({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  return (
    <label className="flex items-center justify-between gap-3 text-label">
      Key to hold
      <input
        readOnly
        value={keyName(value)}
        aria-label="Key to hold: press another one here"
        className="h-8.5 w-24 rounded-[11px] bg-hover px-2 text-center"
        onKeyDown={(event) => {
          if (event.key === 'Tab' || event.key === 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          onChange(event.code);
        }}
      />
    </label>
  );
}

interface Devices {
  inputs: readonly MediaDeviceInfo[];
  outputs: readonly MediaDeviceInfo[];
}

function useDevices(): Devices {
  const [devices, setDevices] = useState<Devices>({ inputs: [], outputs: [] });
  useEffect(() => {
    const media: MediaDevices | undefined = navigator.mediaDevices;
    const read = () =>
      void media?.enumerateDevices().then((all) => {
        const of = (kind: MediaDeviceKind) =>
          all.filter((one) => one.kind === kind && one.label && one.deviceId !== 'default' && one.deviceId);
        setDevices({ inputs: of('audioinput'), outputs: of('audiooutput') });
      });
    read();
    media?.addEventListener('devicechange', read);
    return () => media?.removeEventListener('devicechange', read);
  }, []);
  return devices;
}
