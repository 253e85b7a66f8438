import { Ellipsis, Mic, MicOff, TriangleAlert } from 'lucide-react';
import type { VoiceParticipantJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import { useNow, useRoom } from '../../room/hooks';
import type { Person } from '../../room/people';
import { personStatus } from '../../room/status';
import { select } from '../../room/store';
import { at, instantMs } from '../../room/when';
import { Avatar } from '../../ui/Avatar';
import { Chip, Dot } from '../../ui/Chip';
import { Menu } from '../../ui/Menu';
import { DeviceIcons } from './DeviceIcons';
import type { Asked } from './MembersPanel';
import { RoleTag } from './RoleTag';
import { usePersonMenu } from './usePersonMenu';

const MINUTE_MS = 60_000;

interface Props {
  person: Person;
  /** Somebody else here has a name that looks like this one. */
  isAlike: boolean;
  onAsk: (asked: Asked) => void;
}

export function PersonRow({ person, isAlike, onAsk }: Props) {
  const sessionId = useRoom(select.connection.sessionId);
  const connection = useRoom(select.connection.status);
  const state = useRoom(select.player.state);
  const own = useRoom(select.access.mySubjectId) === person.id;
  const status = personStatus(person, { sessionId, connection, state });
  const voice = useRoom((room) => select.voice.of(room, person.id));
  const isSpeaking = useRoom((room) => select.voice.isSpeaking(room, person.id));
  const items = usePersonMenu(person, onAsk);
  return (
    <li aria-label={person.name} className="flex items-center gap-3 rounded-2xl px-2 py-2 hover:bg-hover">
      <Avatar id={person.id} name={person.name} size={34} talking={isSpeaking} />
      <div className="min-w-0 grow">
        <p className="flex flex-wrap items-center gap-x-1.5 font-semibold">
          <span className="max-w-full truncate">{person.name}</span>
          <RoleTag member={person.member} />
          {own && <Chip>you</Chip>}
          {isAlike && <Alike id={person.id} />}
          <DeviceIcons person={person} />
          {voice && <InVoice voice={voice} isSpeaking={isSpeaking} />}
        </p>
        <p className="flex flex-wrap items-center gap-x-1.5 text-small text-soft">
          <Dot tone={status.tone} />
          {status.label}
          <Muted until={person.member.mutedUntil} />
        </p>
      </div>
      {items.length > 0 && <Menu label={`More about ${person.name}`} icon={<Ellipsis size={20} />} items={items} />}
    </li>
  );
}

/** Accounts are told apart by their id: it cannot be chosen. */
function Alike({ id }: { id: string }) {
  const text = `Somebody else here has a similar name. This one’s id ends in ${id.slice(-4)}.`;
  return (
    <span role="img" aria-label={text} title={text} className="inline-flex items-center gap-0.5 text-small text-warn">
      <TriangleAlert size={14} aria-hidden />
      {id.slice(-4)}
    </span>
  );
}

function InVoice({ voice, isSpeaking }: { voice: VoiceParticipantJson; isSpeaking: boolean }) {
  const { own = {}, muted } = voice;
  const text = muted
    ? `in voice, muted by ${muted.byName ?? 'a moderator'}`
    : own.listening || own.muted
      ? 'in voice, muted'
      : isSpeaking
        ? 'in voice, talking'
        : 'in voice';
  const Icon = muted || own.muted || own.listening ? MicOff : Mic;
  return (
    <span
      role="img"
      aria-label={text}
      title={text}
      className={isSpeaking ? 'text-good' : muted ? 'text-bad' : 'text-soft'}
    >
      <Icon size={15} aria-hidden />
    </span>
  );
}

function Muted({ until }: { until: string | undefined }) {
  const nowMs = useNow(MINUTE_MS);
  const untilMs = instantMs(until);
  if (untilMs === null || untilMs <= nowMs) return null;
  return (
    <span className="inline-flex items-center gap-1">
      <MicOff size={13} aria-hidden />
      can’t chat until {at(untilMs, nowMs)}
    </span>
  );
}
