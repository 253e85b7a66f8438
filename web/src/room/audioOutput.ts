// The name of where the sound comes out. Browsers tell it only to pages that were given the microphone once; elsewhere
// one offset holds for all outputs.
import { useDevice } from './device';

/** Returns what ends the watch. */
export function watchAudioOutput(): () => void {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices?.enumerateDevices) return () => undefined;
  const look = async () => {
    try {
      const outputs = (await devices.enumerateDevices()).filter((device) => device.kind === 'audiooutput');
      const current = outputs.find((device) => device.deviceId === 'default') ?? outputs[0];
      useDevice.getState().setOutput(current?.label.replace(/^Default - /, '') ?? '');
    } catch {
      // Not allowed here: the offset without a name holds.
    }
  };
  const changed = () => void look();
  changed();
  devices.addEventListener('devicechange', changed);
  return () => devices.removeEventListener('devicechange', changed);
}
