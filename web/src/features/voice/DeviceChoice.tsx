import { useEffect, useState } from 'react';
import { Select } from '../../ui/Select';
import { useVoiceSettings } from './voiceSettings';

/** Which microphone one talks with, and where voices play. `device` is the name of the microphone in use; empty: none is. */
export function DeviceChoice({ device }: { device: string }) {
  const deviceId = useVoiceSettings((state) => state.deviceId);
  const outputId = useVoiceSettings((state) => state.outputId);
  const change = useVoiceSettings((state) => state.change);
  // Browsers name devices once a microphone was allowed.
  const devices = useDevices(device);
  return (
    <>
      <Select label="Microphone" value={deviceId} onChange={({ target }) => change({ deviceId: target.value })}>
        <option value="">{device && !deviceId ? `Default (${device})` : 'Default'}</option>
        {devices.inputs.map((one) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label}
          </option>
        ))}
      </Select>
      {'setSinkId' in HTMLMediaElement.prototype && devices.outputs.length > 0 && (
        <Select label="Voices play on" value={outputId} onChange={({ target }) => change({ outputId: target.value })}>
          <option value="">Default</option>
          {devices.outputs.map((one) => (
            <option key={one.deviceId} value={one.deviceId}>
              {one.label}
            </option>
          ))}
        </Select>
      )}
    </>
  );
}

interface Devices {
  inputs: readonly MediaDeviceInfo[];
  outputs: readonly MediaDeviceInfo[];
}

function useDevices(inUse: string): Devices {
  const [devices, setDevices] = useState<Devices>({ inputs: [], outputs: [] });
  useEffect(() => {
    const media: MediaDevices | undefined = navigator.mediaDevices;
    const read = () =>
      void media?.enumerateDevices().then((all) => {
        const of = (kind: MediaDeviceKind) =>
          all.filter((one) => one.kind === kind && one.label && one.deviceId !== 'default' && one.deviceId);
        setDevices({ inputs: of('audioinput'), outputs: of('audiooutput') });
      });
    read();
    media?.addEventListener('devicechange', read);
    return () => media?.removeEventListener('devicechange', read);
  }, [inUse]);
  return devices;
}
