import { Ellipsis, ListPlus, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { UploadJson } from '../../../api/gen/syncwatch/media/v1/upload_pb';
import { cx } from '../../../ui/classes';
import { ListRow } from '../../../ui/ListRow';
import { Menu, type MenuItem } from '../../../ui/Menu';
import { Thumb } from '../../../ui/Thumb';
import { AddToRoom } from './AddToRoom';
import { DeleteUpload } from './DeleteUpload';
import { RenameUpload } from './RenameUpload';
import { factsOf, stateOf } from './words';

interface Props {
  upload: UploadJson;
  onChanged: () => void;
}

export function LibraryRow({ upload, onChanged }: Props) {
  const [dialog, setDialog] = useState<'add' | 'rename' | 'delete' | null>(null);
  const { title = '' } = upload;
  const { text, failed } = stateOf(upload);
  const items: MenuItem[] = [];
  if (!failed)
    items.push({
      label: 'Add to a room',
      icon: <ListPlus size={17} aria-hidden />,
      onSelect: () => setDialog('add'),
    });
  items.push(
    { label: 'Rename', icon: <Pencil size={17} aria-hidden />, onSelect: () => setDialog('rename') },
    {
      label: 'Delete',
      icon: <Trash2 size={17} aria-hidden />,
      danger: true,
      onSelect: () => setDialog('delete'),
      apart: true,
    },
  );
  const close = () => setDialog(null);
  const changed = () => {
    close();
    onChanged();
  };
  return (
    <li>
      <ListRow
        lead={<Thumb title={title} className="w-19" />}
        title={title}
        detail={
          <>
            <span className="block truncate tabular-nums">{factsOf(upload)}</span>
            {text && <span className={cx('block', failed ? 'text-bad' : 'text-warn')}>{text}</span>}
          </>
        }
        actions={
          <Menu label={`Actions for ${title}`} icon={<Ellipsis size={18} />} items={items} className="rounded-full" />
        }
      />
      {dialog === 'add' && <AddToRoom upload={upload} onClose={close} />}
      {dialog === 'rename' && <RenameUpload upload={upload} onClose={close} onDone={changed} />}
      {dialog === 'delete' && <DeleteUpload upload={upload} onClose={close} onDone={changed} />}
    </li>
  );
}
