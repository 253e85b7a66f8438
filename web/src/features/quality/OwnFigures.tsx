import { useDevice, audioOffsetMs } from '../device/device';
import { useRoom } from '../room/context';
import { signedMs } from './words';

/** One's own clock and correction: what nobody else's figures have. */
export function OwnFigures() {
  const player = useRoom((state) => state.player);
  const rate = useRoom((state) => state.motion.rate);
  const offsetMs = useDevice(audioOffsetMs);
  const trim = player ? (player.rate / rate - 1) * 100 : 0;
  const figures: readonly (readonly [string, string, string])[] = [
    ['Clock error', player?.clockErrorMs == null ? '–' : `± ${player.clockErrorMs.toFixed(1)} ms`, 'How well the server’s clock is known here'],
    ['Round trip', player?.rttMs == null ? '–' : `${player.rttMs.toFixed(1)} ms`, 'To the server and back'],
    ['Correction now', player?.correcting ? `${trim > 0 ? '+' : ''}${trim.toFixed(2)} %` : 'none', 'Change of speed to close the gap'],
    ['Sound offset', offsetMs === 0 ? 'none' : signedMs(offsetMs), 'How late your sound comes, as you set it for this device'],
  ];
  return (
    <dl aria-label="You" className="grid grid-cols-2 gap-x-6 gap-y-2.5 sm:grid-cols-4">
      {figures.map(([name, value, meaning]) => (
        <div key={name} title={meaning}>
          <dt className="text-xs text-faint">{name}</dt>
          <dd className="font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
