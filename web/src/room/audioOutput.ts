// The name of the current audio output. Browsers give it only to pages that may use the microphone; elsewhere one offset
// applies to all outputs.
import { useDevice } from './device';

/** Returns a function that stops watching. */
export function watchAudioOutput(): () => void {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices?.enumerateDevices) return () => undefined;
  const look = async () => {
    try {
      const outputs = (await devices.enumerateDevices()).filter((device) => device.kind === 'audiooutput');
      const current = outputs.find((device) => device.deviceId === 'default') ?? outputs[0];
      useDevice.getState().setOutput(current?.label.replace(/^Default - /, '') ?? '');
    } catch {
      // Not allowed: the offset without a name applies.
    }
  };
  const changed = () => void look();
  changed();
  devices.addEventListener('devicechange', changed);
  return () => devices.removeEventListener('devicechange', changed);
}
