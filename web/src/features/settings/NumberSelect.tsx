import { type NumberChoices, withValue } from '../../room/choices';
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

/** A choice of a few numbers. */
export function NumberSelect({ label, choices, value, words, onSave }: Props) {
  return (
    <Select label={label} value={value} onChange={(event) => onSave(Number(event.target.value))}>
      <Options options={withValue(choices, value, words)} />
    </Select>
  );
}
