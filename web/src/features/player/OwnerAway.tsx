import { Crown } from 'lucide-react';

export const OWNER_AWAY = 'The owner is away, so the video is paused. Anyone who can control playback can press play.';

/** Says that the room waits for its owner. On small screens it is placed above the controls. */
export function OwnerAway({ below = false }: { below?: boolean }) {
  return (
    <div
      role="status"
      className={below ? 'w-fit' : 'pointer-events-none absolute inset-0 grid place-items-center p-3 max-sm:pb-28'}
    >
      <span className="glass-over rise flex items-center gap-2.5 rounded-3xl px-5 py-2.5 font-medium">
        <Crown size={17} aria-hidden className="shrink-0" />
        {OWNER_AWAY}
      </span>
    </div>
  );
}
