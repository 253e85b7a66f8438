import type { PlayerStatusJson, SessionJson } from '../../api/gen/syncwatch/sync/v1/presence_pb';
import { shortMs, signedMs } from '../../room/format';
import { useRoom } from '../../room/hooks';
import type { Person } from '../../room/people';
import { type DriftPoint, figure, isMoving } from '../../room/slices/quality';
import { memberStatus, ownStatus } from '../../room/status';
import { select } from '../../room/store';
import { Avatar } from '../../ui/Avatar';
import { Chip, Dot } from '../../ui/Chip';
import { DriftPlot } from './DriftPlot';
import { classWords } from './words';

const NOTHING: readonly DriftPoint[] = [];

/** The state of one person's players, one line for each device. */
export function PersonQuality({ person, nowMs }: { person: Person; nowMs: number }) {
  return (
    <li className="rounded-2xl bg-well p-2.5">
      {person.devices.map((device, i) => (
        <DeviceQuality
          key={device.id}
          device={device}
          name={person.devices.length > 1 ? `${person.name}, device ${i + 1}` : person.name}
          nowMs={nowMs}
        />
      ))}
    </li>
  );
}

function DeviceQuality({ device, name, nowMs }: { device: SessionJson; name: string; nowMs: number }) {
  const own = useRoom((room) => select.connection.sessionId(room) === device.id);
  const reported = useRoom((room) => select.quality.of(room, device.id ?? ''));
  const ownTrace = useRoom((room) =>
    select.connection.sessionId(room) === device.id ? select.player.trace(room) : NOTHING,
  );
  const connection = useRoom(select.connection.status);
  const ownState = useRoom(select.player.state);
  const status = reported?.status ?? device.status ?? {};
  const { label, tone } = own ? ownStatus({ connection, state: ownState }) : memberStatus(status.state);
  return (
    <div className="grid items-center gap-x-4 gap-y-2 not-first:mt-2 md:grid-cols-[11rem_minmax(0,1fr)_22rem] lg:grid-cols-[12rem_minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 items-center gap-2.5">
        <Avatar id={device.member?.subjectId ?? ''} name={name} size={30} />
        <div className="min-w-0">
          <p className="flex items-center gap-1.5">
            <span className="truncate font-semibold">{name}</span>
            {own && <Chip>you</Chip>}
          </p>
          <p className="flex items-center gap-1.5 text-xs text-soft">
            <Dot tone={tone} />
            {label}
          </p>
        </div>
      </div>
      <DriftPlot label={name} trace={own ? ownTrace : (reported?.trace ?? NOTHING)} nowMs={nowMs} className="h-13" />
      <Figures status={status} known={reported !== undefined} />
    </div>
  );
}

function Figures({ status, known }: { status: PlayerStatusJson; known: boolean }) {
  const { name, meaning } = classWords(status.syncClass);
  const moving = isMoving(status.state);
  const figures: readonly (readonly [string, string, string])[] = [
    ['Class', name, meaning],
    ['Skew', moving ? signedMs(figure(status.driftMs)) : '–', 'Distance from the room’s position; plus means ahead'],
    ['Within', `± ${shortMs(figure(status.errorMs))}`, 'Margin of error of the skew'],
    ['Stalls', String(status.stalls ?? 0), 'How often playback ran out of data'],
    ['Corrections', `${status.corrections ?? 0}×`, 'How often playback was corrected'],
    ['Loaded', `${(figure(status.bufferMs) / 1000).toFixed(0)} s`, 'How much is buffered'],
  ];
  return (
    <dl className="grid grid-cols-3 gap-x-2 gap-y-1 text-[13px] sm:grid-cols-[2.3rem_4.2rem_4.9rem_2.6rem_4.5rem_3rem] sm:gap-x-0">
      {figures.map(([label, value, explanation]) => (
        <div key={label} title={explanation} className="min-w-0">
          <dt className="truncate text-[11px] text-faint">{label}</dt>
          <dd className="truncate font-semibold tabular-nums">{known ? value : '–'}</dd>
        </div>
      ))}
    </dl>
  );
}
