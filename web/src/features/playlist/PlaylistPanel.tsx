import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import { AddMedia } from './AddMedia';
import { PlaylistItem } from './PlaylistItem';

export function PlaylistPanel() {
  const items = useRoom(select.playlist.items);
  const mayAdd = useMay('PERMISSION_ADD_MEDIA');
  return (
    <div className="flex min-h-0 grow flex-col">
      {mayAdd && (
        <div className="p-3 pb-1">
          <AddMedia />
        </div>
      )}
      {items.length === 0 ? (
        <p className="p-6 text-center text-sm text-soft">Nothing here yet. Paste a link, or take the test film.</p>
      ) : (
        <ol aria-label="Playlist" className="slim-scroll min-h-0 grow overflow-y-auto p-2">
          {items.map((item, index) => (
            <PlaylistItem key={item.id} item={item} index={index} items={items} />
          ))}
        </ol>
      )}
    </div>
  );
}
