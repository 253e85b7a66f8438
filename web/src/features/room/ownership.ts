// Whose room it is, and what changes about that.
import { nameOf, type RoomState } from './state';

type Known = Pick<RoomState, 'room' | 'me' | 'sessions'>;

/** What is said when the room goes to someone else; null when it does not. */
export function ownershipNews(before: Known, after: Known): { text: string; concernsMe: boolean } | null {
  const from = before.room?.ownerId ?? '';
  const to = after.room?.ownerId ?? '';
  if (!from || !to || from === to) return null;
  const me = after.me?.subjectId ?? '';
  const name = nameOf(after, to);
  return {
    text: name === 'You' ? 'You are the owner now' : `${name || 'Someone else'} is the owner now`,
    concernsMe: me === from || me === to,
  };
}

/** Until when, on the server's clock, this person may take the room back; null when they may not. */
export function reclaimUntilMs({ room, me }: Known): number | null {
  if (!room?.formerOwnerId || room.formerOwnerId !== me?.subjectId || room.ownerId === me.subjectId) return null;
  const untilMs = Date.parse(room.reclaimUntil ?? '');
  return Number.isFinite(untilMs) ? untilMs : null;
}

/** Whole seconds that are left, never less than 0. */
export function secondsLeft(untilServerMs: number, serverNowMs: number): number {
  return Math.max(0, Math.ceil((untilServerMs - serverNowMs) / 1000));
}
