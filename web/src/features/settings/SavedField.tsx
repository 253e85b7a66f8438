import { type ComponentProps, type KeyboardEvent, useEffect, useState } from 'react';
import { isComposing } from '../../ui/composing';
import { TextField } from '../../ui/TextField';

interface Props extends Omit<ComponentProps<typeof TextField>, 'value' | 'onChange' | 'error'> {
  value: string;
  /** Says what is wrong with a text, which is then not saved; empty: nothing. */
  faultOf?: (text: string) => string;
  /** Called with the new text when the field is left, or on Enter. */
  onSave: (text: string) => void;
}

/** A text that is saved when its field is left. An Enter that ends the composition of a word saves nothing (case W11). */
export function SavedField({ value, faultOf, onSave, required, ...rest }: Props) {
  const [text, setText] = useState(value);
  const [fault, setFault] = useState('');
  useEffect(() => setText(value), [value]);
  const save = () => {
    const trimmed = text.trim();
    if (required && !trimmed) {
      setText(value);
      return;
    }
    if (trimmed === value) return;
    const found = faultOf?.(trimmed) ?? '';
    setFault(found);
    if (!found) onSave(trimmed);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' && !isComposing(event)) event.currentTarget.blur();
  };
  return (
    <TextField
      {...rest}
      required={required}
      value={text}
      error={fault}
      onChange={(event) => {
        setText(event.target.value);
        setFault('');
      }}
      onBlur={save}
      onKeyDown={press}
    />
  );
}
