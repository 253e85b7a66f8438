import { Button } from '../../ui/Button';
import { Range } from '../../ui/Range';
import { audioOffsetMs, MAX_AUDIO_OFFSET_MS, useDevice } from './device';

const STEP_MS = 5;

export function AudioOffset() {
  const ms = useDevice(audioOffsetMs);
  const output = useDevice((state) => state.output);
  const setAudioOffset = useDevice((state) => state.setAudioOffset);
  const text = ms === 0 ? 'on time' : `${Math.abs(ms)} ms ${ms > 0 ? 'late' : 'early'}`;
  return (
    <div className="rounded-2xl bg-well p-3">
      <Range label={output ? `Sound of ${output} comes` : 'Your sound comes'} min={-MAX_AUDIO_OFFSET_MS} max={MAX_AUDIO_OFFSET_MS} step={STEP_MS} value={ms} text={text} onChange={setAudioOffset} />
      <p className="mt-1 text-sm text-soft">
        Wireless headphones and televisions play sound late. If others in the same place hear a word before you do, move it to the right until you hear it together.
      </p>
      {ms !== 0 && (
        <Button look="quiet" size="sm" className="mt-1 -ml-3" onClick={() => setAudioOffset(0)}>
          Back to on time
        </Button>
      )}
    </div>
  );
}
