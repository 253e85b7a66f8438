// Who owns the room, and changes of that.
import { nameOf, type RoomState } from './state';

type Known = Pick<RoomState, 'room' | 'me' | 'sessions'>;

/** The message when the owner changed; null when it did not. */
export function ownershipNews(before: Known, after: Known): { text: string; concernsMe: boolean } | null {
  const from = before.room?.ownerId ?? '';
  const to = after.room?.ownerId ?? '';
  if (!from || !to || from === to) return null;
  const me = after.me?.subjectId ?? '';
  const name = nameOf(after, to);
  return {
    text: name === 'You' ? 'You’re now the owner' : `${name || 'Someone else'} is now the owner`,
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
