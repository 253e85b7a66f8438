import { UserRoundPlus } from 'lucide-react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { MemberService, PermissionService } from '../../api/gen/services';
import { verbOf } from '../../api/permissions';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';
import { notify } from '../../ui/toasts';
import { useWaiting } from './useWaiting';

/** Who waits for a decision of this person, with yes and no in one tap; null when nobody does. */
export function useRequestNews(): RoomNews | null {
  const room = useRoom(select.settings.roomId);
  const { joins, permissions, count } = useWaiting();
  const [join] = joins;
  const [asks] = permissions;
  if (!join && !asks) return null;

  const decide = async (request: () => Promise<unknown>) => {
    try {
      await request();
    } catch (error) {
      notify(explain(error));
    }
  };
  const letIn = (approve: boolean) =>
    decide(() => call(MemberService.decideJoinRequest, { room, subjectId: join?.subjectId ?? '', approve }));
  const allow = (grant: boolean) =>
    decide(() =>
      call(PermissionService.decidePermissionRequest, {
        room,
        subjectId: asks?.subjectId ?? '',
        permission: asks?.permission ?? 'PERMISSION_UNSPECIFIED',
        grant,
      }),
    );

  const icon = <UserRoundPlus size={18} aria-hidden />;
  const more = count > 1 ? { detail: `${count - 1} more under People` } : {};
  if (join) {
    return {
      key: `join ${join.subjectId}`,
      icon,
      text: `${join.displayName} wants to come in`,
      ...more,
      actions: [
        { label: 'No', onPress: () => void letIn(false) },
        { label: 'Let in', onPress: () => void letIn(true) },
      ],
    };
  }
  return {
    key: `asks ${asks?.subjectId} ${asks?.permission}`,
    icon,
    text: `${asks?.displayName} asks to ${verbOf(asks?.permission ?? '')}`,
    ...more,
    actions: [
      { label: 'Not now', onPress: () => void allow(false) },
      { label: 'Allow', onPress: () => void allow(true) },
    ],
  };
}
