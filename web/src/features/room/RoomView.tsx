import { ListVideo, MessagesSquare, UsersRound } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { Message } from '../../app/Message';
import { Button } from '../../ui/Button';
import { cx } from '../../ui/classes';
import { Panel } from '../../ui/Panel';
import { Tabs } from '../../ui/Tabs';
import { ChatPanel } from '../chat/ChatPanel';
import { Companion } from '../companion/Companion';
import { useDevice } from '../device/device';
import { DeviceDialog } from '../device/DeviceDialog';
import { MembersPanel } from '../members/MembersPanel';
import { Stage } from '../player/Stage';
import { PlaylistPanel } from '../playlist/PlaylistPanel';
import { QualityPanel } from '../quality/QualityPanel';
import { RoomSettings } from '../settings/RoomSettings';
import { RoomContext, useRoom } from './context';
import { HelpDialog } from './HelpDialog';
import { OfflineBanner } from './OfflineBanner';
import { ReclaimBanner } from './ReclaimBanner';
import { RoomHeader } from './RoomHeader';
import { RoomSession } from './roomSession';
import type { Tickets } from './tickets';
import { useShortcuts } from './useShortcuts';

interface Props {
  roomId: string;
  tickets: Tickets;
  code: string;
  name: string;
}

export function RoomView({ roomId, tickets, code, name }: Props) {
  const [session, setSession] = useState<RoomSession | null>(null);
  useEffect(() => {
    const opened = new RoomSession(roomId, tickets);
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
  const shownName = useRoom((state) => state.room?.name) ?? name;
  const status = useRoom((state) => state.status);
  const closedReason = useRoom((state) => state.closedReason);
  const sessions = useRoom((state) => state.sessions);
  const itemCount = useRoom((state) => state.playlist.length);
  const people = useMemo(() => new Set(sessions.map((s) => s.member?.subjectId)).size, [sessions]);
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
    stage,
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
        <main className={cx('z-10 flex min-h-0 min-w-0 flex-col gap-3 lg:static', !(watches && details) && 'sticky top-0')}>
          {watches ? (
            <>
              <Stage ref={stage} theatre={theatre} onTheatre={() => setTheatre(!theatre)} details={details} onDetails={() => setDetails(!details)} />
              {details && <QualityPanel />}
            </>
          ) : (
            <Companion />
          )}
        </main>
        <Panel aria-label="Chat, playlist and people" className={cx('flex h-full min-h-96 flex-col overflow-hidden', !theatre && 'lg:min-h-0')}>
          <Tabs<TabId>
            label="Room"
            current={tab}
            onChange={setTab}
            tabs={[
              { id: 'chat', label: 'Chat', icon: <MessagesSquare size={16} aria-hidden />, panel: <ChatPanel inputRef={chatInput} shown={tab === 'chat'} /> },
              { id: 'playlist', label: 'Playlist', icon: <ListVideo size={16} aria-hidden />, count: itemCount, panel: <PlaylistPanel /> },
              { id: 'people', label: 'People', icon: <UsersRound size={16} aria-hidden />, count: people, panel: <MembersPanel /> },
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
