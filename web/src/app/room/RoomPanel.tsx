import { type Ref, useMemo } from 'react';
import { ChatPanel } from '../../features/chat/ChatPanel';
import { useUnreadChat } from '../../features/chat/useAttention';
import { MembersPanel } from '../../features/members/MembersPanel';
import { useWaiting } from '../../features/members/useWaiting';
import { PlaylistPanel } from '../../features/playlist/PlaylistPanel';
import { RoomUploadButton, RoomUploadCards, uploadLineOf } from '../../features/uploads/RoomUploads';
import { VoiceBar } from '../../features/voice/VoiceBar';
import { useRoom } from '../../room/hooks';
import { people as peopleIn } from '../../room/people';
import { select } from '../../room/store';
import { cx } from '../../ui/classes';
import { Tabs } from '../../ui/Tabs';

export type TabId = 'chat' | 'playlist' | 'people';

interface Props {
  tab: TabId;
  onTab: (tab: TabId) => void;
  /** `alone`: without a film. */
  place: 'beside' | 'below' | 'over' | 'alone';
  /** Over the film without glass: the chat alone. */
  floats: boolean;
  chatInput: Ref<HTMLTextAreaElement>;
}

/** Chat, what plays next, and people. */
export function RoomPanel({ tab, onTab, place, floats, chatInput }: Props) {
  const itemCount = useRoom(select.playlist.count);
  const sessions = useRoom(select.members.sessions);
  const hasUnread = useUnreadChat() && tab !== 'chat';
  const people = useMemo(() => peopleIn(sessions).length, [sessions]);
  const { count: waiting } = useWaiting();
  return (
    <aside
      aria-label="Chat, up next and people"
      data-float={floats || undefined}
      className={cx(
        'flex min-h-0 flex-col overflow-hidden',
        floats
          ? 'fixed top-15 right-3 bottom-3 z-20 w-69 text-[#f6f3ee] [color-scheme:dark] [text-shadow:0_1px_3px_rgb(0_0_0/70%)]'
          : 'rim relative rounded-sheet',
        !floats && (place === 'over' ? 'glass-strong' : 'glass'),
        place === 'beside' && 'my-3 mr-3',
        place === 'below' &&
          'z-10 m-3 min-h-[70dvh] phone:m-0 phone:-mt-3.5 phone:min-h-0 phone:rounded-b-none phone:pb-[env(safe-area-inset-bottom)]',
        // The bar above it stays in reach: its switch closes the panel again.
        place === 'over' && !floats && 'fixed! top-15 right-2 bottom-2 z-30 w-80',
      )}
    >
      <Tabs<TabId>
        label="Room"
        current={tab}
        onChange={onTab}
        tabs={[
          {
            id: 'chat',
            label: 'Chat',
            news: hasUnread,
            panel: (
              <ChatPanel inputRef={chatInput} shown={tab === 'chat'} voice={tab === 'chat' ? <VoiceBar /> : null} />
            ),
          },
          {
            id: 'playlist',
            label: 'Up next',
            count: itemCount,
            panel: <PlaylistPanel upload={<RoomUploadButton />} uploads={<RoomUploadCards />} stateOf={uploadLineOf} />,
          },
          { id: 'people', label: 'People', count: people, news: waiting > 0, panel: <MembersPanel /> },
        ]}
      />
      {tab !== 'chat' && <VoiceBar />}
    </aside>
  );
}
