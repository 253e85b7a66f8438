import { audioOffsetMs, useDevice } from '../../room/device';
import { signedMs } from '../../room/format';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';

/** Clock and correction of this device, which others do not see. */
export function OwnFigures() {
  const player = useRoom(select.player.view);
  const rate = useRoom(select.playback.rate);
  const offsetMs = useDevice(audioOffsetMs);
  const trim = player ? (player.rate / rate - 1) * 100 : 0;
  const figures: readonly (readonly [string, string, string])[] = [
    [
      'Clock error',
      player?.clockErrorMs == null ? '–' : `± ${player.clockErrorMs.toFixed(1)} ms`,
      'How precisely this device knows the server’s clock',
    ],
    ['Round trip', player?.rttMs == null ? '–' : `${player.rttMs.toFixed(1)} ms`, 'To the server and back'],
    [
      'Correction now',
      player?.correcting ? `${trim > 0 ? '+' : ''}${trim.toFixed(2)}%` : 'none',
      'How much your playback speed changes to catch up',
    ],
    ['Sound offset', offsetMs === 0 ? 'none' : signedMs(offsetMs), 'How late your sound is, as set for this device'],
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
