import { Check } from '../../ui/Check';
import { Dialog } from '../../ui/Dialog';
import { AudioOffset } from './AudioOffset';
import { useDevice } from './device';
import { ModeChoice } from './ModeChoice';

/** What concerns this device alone. It acts at once, and is remembered here. */
export function DeviceDialog({ onClose }: { onClose: () => void }) {
  const excused = useDevice((state) => state.excused);
  const setExcused = useDevice((state) => state.setExcused);
  const watches = useDevice((state) => state.mode === 'watch');
  return (
    <Dialog title="This device" wide onClose={onClose}>
      <div className="grid gap-5">
        <ModeChoice />
        {watches && (
          <>
            <Check label="Don’t wait for me" hint="When your connection is slow, the others begin without you, and you catch up." checked={excused} onChange={setExcused} />
            <AudioOffset />
          </>
        )}
      </div>
    </Dialog>
  );
}
