import { ListVideo, MessagesSquare, UsersRound } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { ChatPanel } from '../../features/chat/ChatPanel';
import { DeviceDialog } from '../../features/device/DeviceDialog';
import { MembersPanel } from '../../features/members/MembersPanel';
import { ReclaimBanner } from '../../features/members/ReclaimBanner';
import { OfflineBanner } from '../../features/offline/OfflineBanner';
import { Companion } from '../../features/player/Companion';
import { toggleFullscreen } from '../../features/player/fullscreen';
import { Stage } from '../../features/player/Stage';
import { toggleSound } from '../../features/player/toggleSound';
import { AddMedia } from '../../features/playlist/AddMedia';
import { PlaylistPanel } from '../../features/playlist/PlaylistPanel';
import { QualityPanel } from '../../features/quality/QualityPanel';
import { RoomSettings } from '../../features/settings/RoomSettings';
import { HelpDialog } from '../../features/shortcuts/HelpDialog';
import { useShortcuts } from '../../features/shortcuts/useShortcuts';
import { useDevice } from '../../room/device';
import { RoomContext, useRoom, useRoomSession } from '../../room/hooks';
import { people as peopleIn } from '../../room/people';
import { RoomSession } from '../../room/session';
import { select } from '../../room/store';
import type { Tickets } from '../../room/tickets';
import { Button } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { Panel } from '../../ui/Panel';
import { Tabs } from '../../ui/Tabs';
import { notify } from '../../ui/toasts';
import { Message } from '../Message';
import { RoomHeader } from './RoomHeader';

interface Props {
  roomId: string;
  tickets: Tickets;
  code: string;
  name: string;
}

export function RoomView({ roomId, tickets, code, name }: Props) {
  const [session, setSession] = useState<RoomSession | null>(null);
  useEffect(() => {
    const opened = new RoomSession(roomId, tickets, notify);
    setSession(opened);
    return () => {
      opened.destroy();
      setSession(null);
    };
  }, [roomId, tickets]);
  if (!session) return null;
  return (
    <RoomContext value={session}>
      <Room code={code} name={name} />
    </RoomContext>
  );
}

type TabId = 'chat' | 'playlist' | 'people';
/** The dialog that is open. */
type Over = 'help' | 'settings' | 'device' | null;

function Room({ code, name }: { code: string; name: string }) {
  const navigate = useNavigate();
  const session = useRoomSession();
  const shownName = useRoom(select.settings.name) ?? name;
  const status = useRoom(select.connection.status);
  const closedReason = useRoom(select.connection.closedReason);
  const sessions = useRoom(select.members.sessions);
  const itemCount = useRoom(select.playlist.count);
  const people = useMemo(() => peopleIn(sessions).length, [sessions]);
  const [tab, setTab] = useState<TabId>('chat');
  const [theatre, setTheatre] = useState(false);
  const [details, setDetails] = useState(false);
  const [over, setOver] = useState<Over>(null);
  const watches = useDevice((state) => state.mode === 'watch');
  const chatInput = useRef<HTMLTextAreaElement>(null);
  const stage = useRef<HTMLDivElement>(null);

  useEffect(() => {
    document.title = `${shownName} – SyncWatch`;
  }, [shownName]);

  useShortcuts({
    toggleSound: () => toggleSound(session),
    toggleFullscreen: () => toggleFullscreen(stage.current),
    toggleTheatre: () => setTheatre((on) => !on),
    toggleHelp: () => setOver((shown) => (shown === 'help' ? null : 'help')),
    focusChat: () => {
      setTab('chat');
      requestAnimationFrame(() => chatInput.current?.focus());
    },
  });

  if (status === 'closed') {
    return (
      <Message
        title="You’re no longer in this room"
        actions={
          <>
            <Button look="lit" onClick={() => location.reload()}>
              Open the room again
            </Button>
            <Button onClick={() => void navigate('/')}>Go to home page</Button>
          </>
        }
      >
        {closedReason || 'Your visit has ended. Open the room again to rejoin.'}
      </Message>
    );
  }

  return (
    <div className={cx('flex min-h-full flex-col', !theatre && 'lg:h-full')}>
      <RoomHeader code={code} name={shownName} onOpen={setOver} />
      <OfflineBanner />
      <ReclaimBanner />
      <div
        className={cx(
          'grid min-h-0 grow grid-rows-[auto_1fr] gap-3 px-2 pb-2 sm:px-3 sm:pb-3',
          watches && !theatre && 'lg:grid-cols-[minmax(0,1fr)_23rem] lg:grid-rows-1',
          !watches && 'mx-auto w-full max-w-3xl',
        )}
      >
        <main
          className={cx('z-10 flex min-h-0 min-w-0 flex-col gap-3 lg:static', !(watches && details) && 'sticky top-0')}
        >
          {watches ? (
            <>
              <Stage
                ref={stage}
                theatre={theatre}
                onTheatre={() => setTheatre(!theatre)}
                details={details}
                onDetails={() => setDetails(!details)}
                addMedia={<AddMedia />}
                notice={<OfflineBanner overFilm />}
              />
              {details && <QualityPanel />}
            </>
          ) : (
            <Companion />
          )}
        </main>
        <Panel
          aria-label="Chat, playlist and people"
          className={cx('flex h-full min-h-96 flex-col overflow-hidden', !theatre && 'lg:min-h-0')}
        >
          <Tabs<TabId>
            label="Room"
            current={tab}
            onChange={setTab}
            tabs={[
              {
                id: 'chat',
                label: 'Chat',
                icon: <MessagesSquare size={16} aria-hidden />,
                panel: <ChatPanel inputRef={chatInput} shown={tab === 'chat'} />,
              },
              {
                id: 'playlist',
                label: 'Playlist',
                icon: <ListVideo size={16} aria-hidden />,
                count: itemCount,
                panel: <PlaylistPanel />,
              },
              {
                id: 'people',
                label: 'People',
                icon: <UsersRound size={16} aria-hidden />,
                count: people,
                panel: <MembersPanel />,
              },
            ]}
          />
        </Panel>
      </div>
      {over === 'help' && <HelpDialog onClose={() => setOver(null)} />}
      {over === 'settings' && <RoomSettings onClose={() => setOver(null)} />}
      {over === 'device' && <DeviceDialog onClose={() => setOver(null)} />}
    </div>
  );
}
