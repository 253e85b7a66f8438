// Who owns the room, and changes of that.
import { members } from './slices/members';
import type { RoomState } from './store';

type Known = Pick<RoomState, 'settings' | 'access' | 'members'>;

/** The message when the owner changed; null when it did not. */
export function ownershipNews(before: Known, after: Known): string | null {
  const from = before.settings?.ownerId ?? '';
  const to = after.settings?.ownerId ?? '';
  if (!from || !to || from === to) return null;
  const name = members.select.nameOf(after, to);
  return name === 'You' ? 'You’re now the owner' : `${name || 'Someone else'} is now the owner`;
}

/** Until when, on the server's clock, this person may take the room back; null when they may not. */
export function reclaimUntilMs({ settings, access: { me } }: Known): number | null {
  if (!settings?.formerOwnerId || settings.formerOwnerId !== me?.subjectId || settings.ownerId === me.subjectId)
    return null;
  const untilMs = Date.parse(settings.reclaimUntil ?? '');
  return Number.isFinite(untilMs) ? untilMs : null;
}

/** Whole seconds that are left, never less than 0. */
export function secondsLeft(untilServerMs: number, serverNowMs: number): number {
  return Math.max(0, Math.ceil((untilServerMs - serverNowMs) / 1000));
}
