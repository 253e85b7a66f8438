import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';

interface PlayerGates {
  mayControl: boolean;
  /** Jumps also depend on the item that is on. */
  mayJump: boolean;
  mayChoose: boolean;
  /** Why nobody can jump in the item that is on; empty where they can. */
  whyNoJumps: string;
}

/**
 * Returns which commands of the player this person may send. A control whose command is not allowed is `aria-disabled`, and
 * can still be pressed: the server refuses the command, and the page explains the refusal.
 */
export function usePlayerGates(): PlayerGates {
  const mayControl = useMay('PERMISSION_PLAY_CONTROL');
  const mayChoose = useMay('PERMISSION_CHANGE_CURRENT_MEDIA');
  const whyNoJumps = useRoom(select.playlist.whyNoJumps);
  return { mayControl, mayJump: mayControl && !whyNoJumps, mayChoose, whyNoJumps };
}
