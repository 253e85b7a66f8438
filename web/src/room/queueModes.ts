// How a room goes through its list, as the choices that people are offered. Looping one video is a choice of its own,
// in the menu of the list.
import type { QueueModeJson } from '../api/gen/syncwatch/room/v1/queue_pb';

export type QueueChoice = 'order' | 'loop' | 'shuffle' | 'vote' | 'turns';

const OF_MODE: Readonly<Record<QueueModeJson, QueueChoice>> = {
  QUEUE_MODE_UNSPECIFIED: 'order',
  QUEUE_MODE_IN_ORDER: 'order',
  QUEUE_MODE_LOOP_ONE: 'loop',
  QUEUE_MODE_LOOP_ALL: 'loop',
  QUEUE_MODE_SHUFFLE: 'shuffle',
  QUEUE_MODE_VOTE: 'vote',
  QUEUE_MODE_TURNS: 'turns',
};

const MODES = {
  order: 'QUEUE_MODE_IN_ORDER',
  loop: 'QUEUE_MODE_LOOP_ALL',
  shuffle: 'QUEUE_MODE_SHUFFLE',
  vote: 'QUEUE_MODE_VOTE',
  turns: 'QUEUE_MODE_TURNS',
} as const satisfies Record<QueueChoice, QueueModeJson>;

/** In sentences, for a list to choose from. */
export const QUEUE_CHOICES: readonly (readonly [QueueChoice, string])[] = [
  ['order', 'In order'],
  ['loop', 'In order, again and again'],
  ['shuffle', 'In a random order'],
  ['vote', 'By votes'],
  ['turns', 'One of each person in turn'],
];

export function queueChoice(mode: QueueModeJson | undefined): QueueChoice {
  return OF_MODE[mode ?? 'QUEUE_MODE_UNSPECIFIED'];
}

export function queueMode(choice: QueueChoice) {
  return MODES[choice];
}
