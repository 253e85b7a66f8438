import { audioOffsetMs, MAX_AUDIO_OFFSET_MS, useDevice } from '../../room/device';
import { Button } from '../../ui/Button';
import { Range } from '../../ui/Range';
import { useOutputLatency } from './useOutputLatency';

const STEP_MS = 5;
/** Below this no wireless output is in use. */
const NOTICEABLE_MS = 60;

export function AudioOffset() {
  const ms = useDevice(audioOffsetMs);
  const output = useDevice((state) => state.output);
  const setAudioOffset = useDevice((state) => state.setAudioOffset);
  const latencyMs = useOutputLatency();
  const text = ms === 0 ? 'on time' : `${Math.abs(ms)} ms ${ms > 0 ? 'late' : 'early'}`;
  return (
    <div className="rounded-2xl bg-well p-3">
      <Range
        label={output ? `Sound from ${output}` : 'Your sound'}
        min={-MAX_AUDIO_OFFSET_MS}
        max={MAX_AUDIO_OFFSET_MS}
        step={STEP_MS}
        value={ms}
        text={text}
        onChange={setAudioOffset}
      />
      <p className="mt-1 text-sm text-soft">
        Bluetooth headphones and TVs play sound late. If people next to you hear a word before you do, move the slider
        to the right until you hear it together.
      </p>
      {latencyMs !== null && latencyMs >= NOTICEABLE_MS && (
        <p className="mt-1 text-sm text-soft">
          Your browser reports {latencyMs} ms for this output and allows for it already. Set only what is left.
        </p>
      )}
      {ms !== 0 && (
        <Button look="quiet" size="sm" className="mt-1 -ml-3" onClick={() => setAudioOffset(0)}>
          Reset
        </Button>
      )}
    </div>
  );
}
