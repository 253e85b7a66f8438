// The values that the pages offer for settings with a number, in words. Another client may set others.
export type NumberChoices = readonly (readonly [value: number, label: string])[];

/** Pauses between two messages of one person, in seconds. */
export const SLOW_MODES: NumberChoices = [
  [0, 'As often as they like'],
  [5, 'Every 5 seconds'],
  [10, 'Every 10 seconds'],
  [30, 'Every 30 seconds'],
  [60, 'Every minute'],
  [300, 'Every 5 minutes'],
];

/** Hours after the last person left. */
export const IDLE_HOURS: NumberChoices = [
  [0, 'As usual here'],
  [1, 'After an hour'],
  [24, 'After a day'],
  [168, 'After a week'],
  [720, 'After a month'],
];

/** Days for which messages are kept. */
export const RETENTION_DAYS: NumberChoices = [
  [0, 'As usual here'],
  [1, 'A day'],
  [7, 'A week'],
  [30, 'A month'],
  [90, 'Three months'],
  [365, 'A year'],
];

/** The choices with the present value, which another client may have set. */
export function withValue(choices: NumberChoices, value: number, words: (value: number) => string): NumberChoices {
  return choices.some(([known]) => known === value) ? choices : [[value, words(value)], ...choices];
}
