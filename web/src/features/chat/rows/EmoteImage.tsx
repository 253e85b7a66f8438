import { useEffect, useState } from 'react';
import { useRoom, useRoomSession } from '../../../room/hooks';
import { select } from '../../../room/store';

/** An emote of the room; its name while the image is not there. The place has its size from the start. */
export function EmoteImage({ name, size = 24 }: { name: string; size?: number }) {
  const session = useRoomSession();
  const digest = useRoom((room) => select.emotes.known(room).get(name) ?? '');
  const [image, setImage] = useState('');
  useEffect(() => {
    let isGone = false;
    if (digest)
      void session.emoteImages.of(name, digest).then((address) => {
        if (!isGone) setImage(address);
      });
    return () => {
      isGone = true;
    };
  }, [session, name, digest]);
  if (!digest) return `:${name}:`;
  return image ? (
    <img
      src={image}
      alt={`:${name}:`}
      title={`:${name}:`}
      width={size}
      height={size}
      className="inline-block object-contain align-middle"
      style={{ width: size, height: size }}
    />
  ) : (
    <span
      className="inline-block align-middle"
      style={{ width: size, height: size }}
      role="img"
      aria-label={`:${name}:`}
    />
  );
}

/** An emoji, or an emote of the room as `:name:`. */
export function ReactionSign({ reaction, size = 18 }: { reaction: string; size?: number }) {
  const name = /^:([a-z0-9_]{2,32}):$/u.exec(reaction)?.[1];
  return name ? <EmoteImage name={name} size={size} /> : reaction;
}
