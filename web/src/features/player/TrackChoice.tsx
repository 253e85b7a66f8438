import { type Kind, MAX_DELAY_MS, useTracks } from '../../room/tracks';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Range } from '../../ui/Range';
import { useChoices } from './useChoices';

const STEP_MS = 50;
const TEXTS: Readonly<Record<Kind, { label: string; none: string; delay: string }>> = {
  subtitles: { label: 'Captions, for you', none: 'Off', delay: 'Captions come' },
  audio: { label: 'Sound track, for you', none: 'The sound of the film', delay: 'Sound comes' },
};

/** Chooses among the tracks of one kind, and how much later they come than the film. */
export function TrackChoice({ kind }: { kind: Kind }) {
  const { delayMs } = useTracks((state) => state[kind]);
  const { options: tracks, chosen } = useChoices(kind);
  const choose = useTracks((state) => state.choose);
  const setDelay = useTracks((state) => state.setDelay);
  const texts = TEXTS[kind];
  const options = tracks.map(({ key, label, language }) => ({
    value: key,
    label: label || language || 'Without a name',
    ...(language && language !== label && { hint: language }),
  }));
  // The sound of a stream is the film's own: it comes with the picture.
  const hasDelay = chosen !== null && (kind === 'subtitles' || chosen.added !== null);
  return (
    <div className="grid gap-3">
      <Choice
        label={texts.label}
        options={[{ value: '', label: texts.none }, ...options]}
        value={chosen?.key ?? ''}
        onChange={(value) => choose(kind, value)}
      />
      {hasDelay && (
        <div>
          <Range
            label={texts.delay}
            min={-MAX_DELAY_MS}
            max={MAX_DELAY_MS}
            step={STEP_MS}
            value={delayMs}
            text={
              delayMs === 0
                ? 'with the film'
                : `${(Math.abs(delayMs) / 1_000).toFixed(2)} s ${delayMs > 0 ? 'later' : 'earlier'}`
            }
            onChange={(value) => setDelay(kind, value)}
          />
          {delayMs !== 0 && (
            <Button look="quiet" size="sm" onClick={() => setDelay(kind, 0)}>
              Reset
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
