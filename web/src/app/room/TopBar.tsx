import { Ellipsis, PanelRight } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { useUnreadChat } from '../../features/chat/useAttention';
import { InviteButton } from '../../features/invite/InviteButton';
import { useRoom } from '../../room/hooks';
import { people as peopleIn } from '../../room/people';
import { select } from '../../room/store';
import { IconButton } from '../../ui/Button';
import { Faces } from '../../ui/Faces';
import { Mark } from '../../ui/Logo';
import { Menu, type MenuItem } from '../../ui/Menu';

interface Props {
  code: string;
  name: string;
  menu: readonly MenuItem[];
  panelShown: boolean;
  onPanel: () => void;
}

/** At the top of the room: its name, what is on, who is there. */
export function TopBar({ code, name, menu, panelShown, onPanel }: Props) {
  const hasNews = useUnreadChat() && !panelShown;
  const sessions = useRoom(select.members.sessions);
  const title = useRoom(select.playlist.title);
  const addedBy = useRoom((room) => select.members.nameOf(room, select.playlist.current(room)?.addedBy ?? ''));
  const people = useMemo(() => peopleIn(sessions), [sessions]);
  return (
    <header className="flex items-center gap-3 text-[#f6f3ee]">
      <Link to="/" aria-label="Leave the room" className="flex shrink-0 rounded-xl">
        <span className="phone:hidden">
          <Mark size={34} />
        </span>
        <span className="hidden phone:block">
          <Mark size={26} />
        </span>
      </Link>
      <div className="min-w-0 grow">
        <h1 className="truncate text-title phone:text-base">{name}</h1>
        {title && (
          <p className="truncate text-small text-[#f6f3ee]/84">
            <span className="font-semibold text-[#f6f3ee]/92">{title}</span>
            {addedBy && ` · ${addedBy} added it`}
          </p>
        )}
      </div>
      <span className="shrink-0 phone:hidden">
        <Faces people={people} />
      </span>
      <InviteButton code={code} />
      <span className="flex shrink-0 gap-0.5">
        <Menu label="More" icon={<Ellipsis size={20} />} items={menu} className="rounded-full" />
        <IconButton
          label={panelShown ? 'Hide the side panel' : `Show the side panel${hasNews ? ', new messages' : ''}`}
          shortcut="T"
          aria-pressed={panelShown}
          onClick={onPanel}
          className="relative rounded-full phone:hidden"
        >
          <PanelRight size={20} />
          {hasNews && <span aria-hidden className="absolute top-2 right-2 size-2 rounded-full bg-warn" />}
        </IconButton>
      </span>
    </header>
  );
}
