import { useEffect, useRef, useState } from 'react';
import { useRoom, useRoomSession } from '../../room/hooks';
import { isFor } from '../../room/slices/chat';
import { select } from '../../room/store';
import { useChatSettings } from './chatSettings';
import { chime } from './chime';
import { useIsVisible } from './useReading';

const COUNT = /^\(\d+\+?\) /u;
const MOST = 99;

/** The number of unread messages in the title, and a sound where it is wanted, while nobody looks (case P2). */
export function useAttention(): void {
  const unread = useRoom(select.chat.unread);
  const isVisible = useIsVisible();
  const count = isVisible ? 0 : unread;
  useEffect(() => {
    const show = () => {
      const title = document.title.replace(COUNT, '');
      const wanted = count ? `(${count > MOST ? `${MOST}+` : count}) ${title}` : title;
      if (document.title !== wanted) document.title = wanted;
    };
    show();
    // The room may be renamed meanwhile.
    const element = document.querySelector('title');
    const observer = new MutationObserver(show);
    if (element) observer.observe(element, { childList: true });
    return () => {
      observer.disconnect();
      document.title = document.title.replace(COUNT, '');
    };
  }, [count]);
  useSound(isVisible);
}

function useSound(isVisible: boolean): void {
  const session = useRoomSession();
  const hasSound = useChatSettings((settings) => settings.hasSound);
  const arrivals = useRoom(select.chat.arrivals);
  const [mountedMs] = useState(() => performance.now());
  const heardMs = useRef(mountedMs);
  useEffect(() => {
    const last = arrivals.at(-1);
    if (!last || last.atMs <= heardMs.current) return;
    const fresh = arrivals.filter(({ atMs }) => atMs > heardMs.current);
    heardMs.current = last.atMs;
    const room = session.store.getState();
    const myId = select.access.mySubjectId(room);
    const messages = fresh
      .flatMap(({ id }) => select.chat.message(room, id) ?? [])
      .filter(({ authorId, system }) => authorId !== myId && !system);
    if (hasSound && !isVisible && messages.length) chime(messages.some((message) => isFor(message, myId)));
  }, [session, arrivals, hasSound, isVisible]);
}

/** Whether messages came that this person has not read: for a mark on the tab. */
export function useUnreadChat(): boolean {
  return useRoom((room) => select.chat.unread(room) > 0);
}
