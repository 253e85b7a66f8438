import { Crown } from 'lucide-react';
import { useMemo } from 'react';
import type { SessionJson } from '../../api/gen/syncwatch/sync/v1/types_pb';
import { Avatar } from '../../ui/Avatar';
import { Chip, Dot } from '../../ui/Chip';
import { useRoom } from '../room/context';
import { memberStatus } from './status';

/** One line for each person; of several tabs the one that was opened last counts. */
function people(sessions: readonly SessionJson[]): SessionJson[] {
  return [...new Map(sessions.map((s) => [s.member?.subjectId ?? s.id ?? '', s])).values()];
}

export function MembersPanel() {
  const sessions = useRoom((state) => state.sessions);
  const mySession = useRoom((state) => state.sessionId);
  const myself = useRoom((state) => state.me?.subjectId);
  const myState = useRoom((state) => state.player?.state);
  const shown = useMemo(() => people(sessions), [sessions]);
  return (
    <ul aria-label="People in this room" className="slim-scroll min-h-0 grow overflow-y-auto p-3">
      {shown.map((person) => {
        const { subjectId = '', displayName = '', role } = person.member ?? {};
        const own = subjectId === myself;
        const status = memberStatus(person.id === mySession ? myState : person.status?.state);
        return (
          <li key={subjectId} className="flex items-center gap-3 rounded-2xl px-2 py-2">
            <Avatar id={subjectId} name={displayName} size={34} />
            <div className="min-w-0 grow">
              <p className="flex items-center gap-1.5 truncate font-semibold">
                <span className="truncate">{displayName}</span>
                {role === 'ROLE_OWNER' && <Crown size={14} className="shrink-0 text-warn" aria-label="owner" />}
                {own && <Chip>you</Chip>}
              </p>
              <p className="flex items-center gap-1.5 text-sm text-soft">
                <Dot tone={status.tone} />
                {status.label}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
