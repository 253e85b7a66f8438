import { Panel } from '../../ui/Panel';
import { useRoom } from '../room/context';
import { SkewPlot } from './SkewPlot';
import { signedMs } from './SyncChip';

/** One's own sync in figures. */
export function Details() {
  const player = useRoom((state) => state.player);
  const rate = useRoom((state) => state.motion.rate);
  const trim = player ? (player.rate / rate - 1) * 100 : 0;
  const figures: readonly (readonly [string, string, string])[] = [
    ['Skew', player?.driftMs == null ? '–' : signedMs(player.driftMs), 'How far you are from where the room is'],
    ['Uncertainty', player ? `± ${player.errorMs.toFixed(1)} ms` : '–', 'How far off that figure may be'],
    ['Clock error', player?.clockErrorMs == null ? '–' : `± ${player.clockErrorMs.toFixed(1)} ms`, 'How well the server’s clock is known here'],
    ['Round trip', player?.rttMs == null ? '–' : `${player.rttMs.toFixed(1)} ms`, 'To the server and back'],
    ['Loaded ahead', player ? `${(player.bufferedMs / 1000).toFixed(1)} s` : '–', 'How much is ready to play'],
    ['Correction', player?.correcting ? `${trim > 0 ? '+' : ''}${trim.toFixed(2)} %` : 'none', 'Change of speed to close the gap'],
  ];
  return (
    <Panel aria-label="Sync details" className="rise grid shrink-0 gap-4 p-4 md:grid-cols-[auto_1fr]">
      <dl className="grid grid-cols-3 gap-x-6 gap-y-2.5">
        {figures.map(([name, value, meaning]) => (
          <div key={name} title={meaning}>
            <dt className="text-xs text-faint">{name}</dt>
            <dd className="font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <SkewPlot />
    </Panel>
  );
}
