// Why the server closed a connection for good.
import { type ApiError, advice, closedBecause } from '../api/errors';
import { instantMs } from './when';

export interface Closed {
  /** A value of `syncwatch.common.v1.Reason`, without the prefix; empty when this page closed it. */
  reason: string;
  /** What happened and what to do, for people. */
  text: string;
  metadata: Readonly<Record<string, string>>;
}

/** What a person who was sent out of a room has to know. */
export interface Removal {
  banned: boolean;
  /** Name of the person who decided; may be empty. */
  by: string;
  /** The reason that they gave; may be empty. */
  note: string;
  /** When one may join again; null: never. */
  untilMs: number | null;
}

export function closedFrom(reason: string, message: string, metadata: Readonly<Record<string, string>> = {}): Closed {
  return { reason, text: closedBecause(reason, message), metadata };
}

export function closedByError({ reason, message, metadata }: ApiError): Closed {
  return { reason, text: advice(reason, message), metadata };
}

/** Null when the person was not sent out by somebody. */
export function removalFrom({ reason, metadata }: Pick<Closed, 'reason' | 'metadata'>): Removal | null {
  const banned = reason === 'BANNED';
  if (!banned && reason !== 'IN_COOLDOWN') return null;
  return {
    banned,
    by: metadata['by'] ?? '',
    note: metadata['note'] ?? '',
    untilMs: instantMs(metadata['until']),
  };
}
