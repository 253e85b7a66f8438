import { MessageSquareText, MonitorPlay, Smartphone } from 'lucide-react';
import { type DeviceMode, useDevice } from '../../room/device';
import { Choice, type Option } from '../../ui/Choice';

const MODES: readonly Option<DeviceMode>[] = [
  { value: 'watch', label: 'Watch here', hint: 'The video plays on this device', icon: <MonitorPlay size={20} /> },
  {
    value: 'chat',
    label: 'Chat only',
    hint: 'The video plays on another device',
    icon: <MessageSquareText size={20} />,
  },
  {
    value: 'remote',
    label: 'Remote control only',
    hint: 'Play, pause and jump from this device',
    icon: <Smartphone size={20} />,
  },
];

/** What this device is used for. A person with several devices counts once. */
export function ModeChoice({ bare = false }: { bare?: boolean }) {
  const mode = useDevice((state) => state.mode);
  const setMode = useDevice((state) => state.setMode);
  return <Choice label="This device is for" bare={bare} options={MODES} value={mode} onChange={setMode} />;
}
