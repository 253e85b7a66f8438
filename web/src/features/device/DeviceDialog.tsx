import { useDevice } from '../../room/device';
import { Check } from '../../ui/Check';
import { Dialog } from '../../ui/Dialog';
import { AudioOffset } from './AudioOffset';
import { ModeChoice } from './ModeChoice';

/** Settings of this device alone. They act at once and are remembered here. */
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
            <Check
              label="Don’t wait for me"
              hint="If your connection is slow, the others start without you and you catch up."
              checked={excused}
              onChange={setExcused}
            />
            <AudioOffset />
          </>
        )}
      </div>
    </Dialog>
  );
}
