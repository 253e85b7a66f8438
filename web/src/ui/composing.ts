import type { KeyboardEvent } from 'react';

/**
 * Whether a key belongs to an input method (case W11). Safari sends the Enter that takes a conversion after the end of the
 * composition, with `isComposing` false; only the key code 229 tells it apart.
 */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  // oxlint-disable-next-line typescript/no-deprecated -- nothing else tells it
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}
