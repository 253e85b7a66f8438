import { useEffect, useState } from 'react';
import type { Meterable } from './engine/preview';

const METER_EVERY_MS = 50;
const LOWEST_DB = -60;

/** Shows the level of a microphone, and with `marked` the threshold at which it opens. */
export function LevelMeter({ of, marked }: { of: Meterable; marked: boolean }) {
  const [levels, setLevels] = useState({ level: LOWEST_DB, threshold: LOWEST_DB });
  useEffect(() => {
    const timer = setInterval(() => setLevels({ level: of.levelDb(), threshold: of.thresholdDb() }), METER_EVERY_MS);
    return () => clearInterval(timer);
  }, [of]);
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
