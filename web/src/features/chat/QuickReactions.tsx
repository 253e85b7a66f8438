import { useMay, useRoom, useRoomSession } from '../../room/hooks';
import { select } from '../../room/store';
import { QUICK } from './emoji';

/** Five reactions that rise over everyone's film. */
export function QuickReactions() {
  const session = useRoomSession();
  const mayReact = useMay('PERMISSION_REACT');
  const hasItem = useRoom(select.playback.hasItem);
  if (!mayReact || !hasItem) return null;
  return (
    <div role="group" aria-label="React to the film" className="flex gap-1 px-3 pb-2 phone:hidden in-data-float:hidden">
      {QUICK.map(({ sign, label }) => (
        <button
          key={sign}
          type="button"
          aria-label={`${label}, over the film for everyone`}
          title={`${label}, over the film for everyone`}
          onClick={() => void session.chatActions.float(sign)}
          className="hit grid h-[34px] grow place-items-center rounded-[11px] bg-raised text-[17px] transition-transform duration-quick hover:bg-hover active:scale-90"
        >
          {sign}
        </button>
      ))}
    </div>
  );
}
