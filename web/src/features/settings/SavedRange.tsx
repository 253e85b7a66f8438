import { useEffect, useState } from 'react';
import { Range } from '../../ui/Range';

const SAVE_AFTER_MS = 400;

interface Props {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  unit: string;
  onSave: (value: number) => void;
}

/** A slider that is saved when it rests. */
export function SavedRange({ value, unit, onSave, ...rest }: Props) {
  const [moved, setMoved] = useState<number | null>(null);
  useEffect(() => {
    if (moved === null) return;
    const timer = setTimeout(() => {
      setMoved(null);
      if (moved !== value) onSave(moved);
    }, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [moved, value, onSave]);
  const shown = moved ?? value;
  return <Range {...rest} value={shown} text={`${shown}${unit}`} onChange={setMoved} />;
}
