import { useSearchParams } from 'react-router';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { MemberService, VoiceService } from '../../api/gen/services';
import type { UpdateMemberRequestJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import { verbOf } from '../../api/permissions';
import { useNow, useRoom } from '../../room/hooks';
import type { Person } from '../../room/people';
import { withPermission } from '../../room/ranks';
import { select } from '../../room/store';
import type { MenuItem } from '../../ui/Menu';
import { notify } from '../../ui/toasts';
import type { Asked } from './MembersPanel';
import { actionLabel, type PersonAction, personActions } from './personMenu';

const MINUTE_MS = 60_000;

/** What one may do about this person, as entries of a menu. */
export function usePersonMenu(person: Person, onAsk: (asked: Asked) => void): MenuItem[] {
  const room = useRoom(select.settings.roomId);
  const me = useRoom(select.access.me);
  const permissions = useRoom(select.access.permissions);
  const roles = useRoom(select.roles.all);
  const voice = useRoom((state) => select.voice.of(state, person.id));
  const [, setQuery] = useSearchParams();
  const nowMs = useNow(MINUTE_MS);
  if (!me) return [];

  const change = async (changes: Omit<UpdateMemberRequestJson, 'room' | 'subjectId'>, done: string) => {
    try {
      await call(MemberService.updateMember, { room, subjectId: person.id, ...changes });
      notify(done);
    } catch (error) {
      notify(explain(error));
    }
  };

  const muteInVoice = async (muted: boolean) => {
    try {
      await call(VoiceService.muteInVoice, { room, subjectId: person.id, muted });
      notify(muted ? `Nobody hears ${person.name} in voice now` : `${person.name} can talk again`);
    } catch (error) {
      notify(explain(error));
    }
  };

  const act = (action: PersonAction) => {
    switch (action.kind) {
      case 'permission': {
        const lists = withPermission(roles, person.member, action.permission, !action.given);
        const can = action.given ? 'can’t' : 'can';
        void change(
          { ...lists, updateMask: 'added,removed' },
          `${person.name} ${can} ${verbOf(action.permission)} now`,
        );
        break;
      }
      case 'moderator':
        void change(
          { role: action.make ? 'ROLE_MODERATOR' : 'ROLE_UNSPECIFIED', updateMask: 'role' },
          action.make ? `${person.name} is a moderator now` : `${person.name} is no longer a moderator`,
        );
        break;
      case 'manage':
        setQuery({ manage: 'members', person: person.id });
        break;
      case 'unmute':
        void change({ muteSeconds: 0, updateMask: 'muteSeconds' }, `${person.name} can chat again`);
        break;
      case 'voice':
        void muteInVoice(action.mute);
        break;
      default:
        onAsk({ about: action.kind, person });
    }
  };

  const actions = personActions({ member: me, permissions }, person.member, roles, nowMs, voice);
  return actions.map((action, index) => ({
    label: actionLabel(action),
    onSelect: () => act(action),
    ...(action.kind === 'permission' && { checked: action.given, disabled: !action.held }),
    ...(action.kind === 'permission' && !action.held && { hint: 'You can’t give what you don’t have' }),
    ...(action.kind === 'remove' && { danger: true }),
    ...(startsGroup(actions, index) && { apart: true }),
  }));
}

/** Permissions stand together, then the role, then what happens to the person. */
function startsGroup(actions: readonly PersonAction[], index: number): boolean {
  const groups = actions.map(({ kind }) =>
    kind === 'permission' ? 0 : kind === 'moderator' || kind === 'manage' ? 1 : 2,
  );
  return index > 0 && groups[index] !== groups[index - 1];
}
