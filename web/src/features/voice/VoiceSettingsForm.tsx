import { Range } from '../../ui/Range';
import { Segmented } from '../../ui/Segmented';
import { Switch } from '../../ui/Switch';
import { DeviceChoice } from './DeviceChoice';
import type { Meterable } from './engine/preview';
import { LevelMeter } from './LevelMeter';
import { keyName } from './talkKey';
import { MAX_DUCK_DB, useVoiceSettings, type VoiceSettings } from './voiceSettings';
import { depthWords } from './words';

/** How this device talks and listens. `meter` is the microphone that is captured now, `device` its name. */
export function VoiceSettingsForm({ meter, device }: { meter: Meterable | null; device: string }) {
  const settings = useVoiceSettings();
  const { change } = settings;
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
      {meter && <LevelMeter of={meter} marked={settings.mode === 'voice_activity'} />}
      <DeviceChoice device={device} />
      <Range
        label="Film while others talk"
        value={settings.duckDb}
        min={0}
        max={MAX_DUCK_DB}
        step={1}
        text={depthWords(settings.duckDb)}
        onChange={(duckDb) => change({ duckDb })}
      />
      <Switch
        label="Noise suppression"
        checked={settings.noiseSuppression}
        onChange={(noiseSuppression) => change({ noiseSuppression })}
      />
      {settings.noiseSuppression && (
        <Switch
          label="Strong noise suppression"
          hint="Also removes keyboards and fans. Takes more battery."
          checked={settings.strongSuppression}
          onChange={(strongSuppression) => change({ strongSuppression })}
        />
      )}
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
