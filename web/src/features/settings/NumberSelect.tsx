import type { NumberChoices } from '../../room/choices';
import { Options } from '../../ui/Options';
import { Select } from '../../ui/Select';

interface Props {
  label: string;
  choices: NumberChoices;
  value: number;
  /** A value that is not among the choices, in words. */
  words: (value: number) => string;
  onSave: (value: number) => void;
}

/** A choice of a few numbers. Includes the present one, which another client may have set. */
export function NumberSelect({ label, choices, value, words, onSave }: Props) {
  const isKnown = choices.some(([known]) => known === value);
  return (
    <Select label={label} value={value} onChange={(event) => onSave(Number(event.target.value))}>
      <Options options={isKnown ? choices : [[value, words(value)], ...choices]} />
    </Select>
  );
}
