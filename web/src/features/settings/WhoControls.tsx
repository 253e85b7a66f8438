import { useMemo } from 'react';
import type { PlaybackControlJson } from '../../api/gen/syncwatch/room/v1/settings_pb';
import { useNow, useRoom } from '../../room/hooks';
import { people } from '../../room/people';
import { may } from '../../room/slices/roles';
import { select } from '../../room/store';
import { names } from '../../room/when';
import { Choice } from '../../ui/Choice';
import { Section } from './Section';
import type { RoomSettingsForm } from './useRoomSettings';

const MINUTE_MS = 60_000;

export function WhoControls({ form: { room, save } }: { form: RoomSettingsForm }) {
  const isOwner = useRoom(select.access.mySubjectId) === room.ownerId;
  const owner = useRoom((state) => select.members.nameOf(state, room.ownerId ?? ''));
  const chosen = useChosen(room.ownerId ?? '');
  const host = owner === 'You' ? 'You' : owner || 'The owner';
  const value = room.playbackControl ?? 'PLAYBACK_CONTROL_EVERYONE';
  const choose = (playbackControl: PlaybackControlJson) => save({ playbackControl }, 'playbackControl');
  return (
    <Section title="Who controls">
      <Choice<PlaybackControlJson>
        label="Who controls"
        bare
        disabled={!isOwner}
        value={value}
        onChange={choose}
        options={[
          { value: 'PLAYBACK_CONTROL_EVERYONE', label: 'Everyone', hint: 'Play, pause and jump for all' },
          {
            value: 'PLAYBACK_CONTROL_SELECTED',
            label: `${host} and chosen people`,
            hint: `${chosen ? `${chosen} · others` : 'Moderators and whom you choose under People · others'} can ask`,
          },
          { value: 'PLAYBACK_CONTROL_OWNER_ONLY', label: `${host} alone`, hint: 'Others can ask' },
        ]}
      />
      {!isOwner && <p className="text-small text-soft">Only the owner of the room can change this.</p>}
    </Section>
  );
}

/** Names of those who are here and may control, besides the owner. */
function useChosen(ownerId: string): string {
  const sessions = useRoom(select.members.sessions);
  const roles = useRoom(select.roles.all);
  const nowMs = useNow(MINUTE_MS);
  return useMemo(() => {
    const allowed = people(sessions).filter(
      ({ id, member }) => id !== ownerId && may(roles, member, 'PERMISSION_PLAY_CONTROL', nowMs),
    );
    return names(allowed.map(({ name }) => name));
  }, [sessions, roles, ownerId, nowMs]);
}
