import type { ApiError } from '../../api/errors';

/** Why somebody cannot join now. */
export interface Stop {
  why: 'sign-in' | 'full' | 'banned' | 'cooldown' | 'declined' | 'closed' | 'invite' | 'error';
  /** When it ends; null: it has no end, or nobody knows. */
  untilMs: number | null;
  /** Name of the person who decided; may be empty. */
  by: string;
  /** The reason that they gave; may be empty. */
  note: string;
  /** Number of people that the room takes; 0: not known. */
  capacity: number;
  error: ApiError | null;
}
