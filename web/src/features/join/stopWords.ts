// Why somebody cannot join, in words.
import { explain } from '../../api/errors';
import { at, span, when } from '../../room/when';
import type { Stop } from './stop';

const TITLES: Readonly<Record<Stop['why'], string>> = {
  'sign-in': 'Sign in to join',
  full: 'This room is full',
  banned: 'You’re banned from this room',
  cooldown: 'You were removed from this room',
  declined: 'You weren’t let in',
  closed: 'This room is closed',
  invite: 'This invite doesn’t work',
  error: 'You can’t join',
};

export function stopTitle({ why }: Stop): string {
  return TITLES[why];
}

export function stopText(stop: Stop, roomName: string, nowMs: number): string {
  const who = stop.by || 'A moderator';
  const room = roomName ? `“${roomName}”` : 'this room';
  switch (stop.why) {
    case 'sign-in':
      return `Only people with an account can join ${room}.`;
    case 'full': {
      const places = stop.capacity > 0 ? `All ${stop.capacity} places are taken` : 'All places are taken';
      return `${places}. Try again when someone has left.`;
    }
    case 'banned': {
      const until = stop.untilMs === null ? '' : ` until ${at(stop.untilMs, nowMs)}`;
      return `${who} banned you from ${room}${until}.${wrote(stop)}`;
    }
    case 'cooldown':
      return `${who} removed you from ${room}.${wrote(stop)}`;
    case 'declined':
      return `${who} declined your request to join ${room}.`;
    case 'closed':
      return `Nobody can join ${room} until its owner opens it again.`;
    case 'invite':
    case 'error':
      return explain(stop.error);
  }
}

/** When one may try again: "You can join again in 4 minutes, at 20:15." Empty when waiting does not help, or is over. */
export function whenAgain({ why, untilMs }: Stop, nowMs: number): string {
  if (untilMs === null || untilMs <= nowMs || why === 'banned') return '';
  const what = why === 'declined' ? 'ask again' : 'join again';
  return `You can ${what} in ${span(untilMs - nowMs)}, ${when(untilMs, nowMs)}.`;
}

function wrote({ note }: Stop): string {
  return note ? ` They wrote: “${note}”` : '';
}
