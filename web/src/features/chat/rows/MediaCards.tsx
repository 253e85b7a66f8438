import { Clapperboard, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { linksIn, type MediaLink, mediaLink } from '../../../room/chat/links';
import { useMay, useRoomSession } from '../../../room/hooks';
import { Button } from '../../../ui/Button';

const MAX_CARDS = 3;

/** Offers what a message links to and the room can play. Nothing is fetched for it, so a link tells nobody who reads. */
export function MediaCards({ text }: { text: string }) {
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  const links = useMemo(() => mediaLinks(text), [text]);
  if (!mayAdd || !links.length) return null;
  return links.map((link) => <MediaCard key={link.href} link={link} />);
}

function mediaLinks(text: string): MediaLink[] {
  if (!text.includes('http')) return [];
  const found = linksIn(text).flatMap(({ href }) => mediaLink(href) ?? []);
  return [...new Map(found.map((link) => [link.href, link])).values()].slice(0, MAX_CARDS);
}

function MediaCard({ link }: { link: MediaLink }) {
  const session = useRoomSession();
  const [isBusy, setIsBusy] = useState(false);
  const add = async () => {
    setIsBusy(true);
    await session.chatActions.addToQueue(link.href);
    setIsBusy(false);
  };
  return (
    <div className="card mt-1.5 flex items-center gap-2 px-3 py-2 text-small">
      <Clapperboard size={16} aria-hidden className="shrink-0 text-faint" />
      <span className="min-w-0 grow truncate text-soft">{link.from}</span>
      <Button size="sm" busy={isBusy} onClick={() => void add()}>
        {!isBusy && <Plus size={15} aria-hidden />}
        Add to Up next
      </Button>
    </div>
  );
}
