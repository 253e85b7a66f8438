import { MessageSquareText, MonitorPlay, Smartphone } from 'lucide-react';
import { Choice, type Option } from '../../ui/Choice';
import { useDevice, type DeviceMode } from './device';

const MODES: readonly Option<DeviceMode>[] = [
  { value: 'watch', label: 'Watch here', hint: 'The film plays on this device', icon: <MonitorPlay size={20} /> },
  { value: 'chat', label: 'Only chat', hint: 'The film plays somewhere else', icon: <MessageSquareText size={20} /> },
  { value: 'remote', label: 'Only remote control', hint: 'Play, pause and jump from here', icon: <Smartphone size={20} /> },
];

/** What this device is for. Someone with several devices counts once. */
export function ModeChoice({ bare = false }: { bare?: boolean }) {
  const mode = useDevice((state) => state.mode);
  const setMode = useDevice((state) => state.setMode);
  return <Choice label="This device is for" bare={bare} options={MODES} value={mode} onChange={setMode} />;
}
