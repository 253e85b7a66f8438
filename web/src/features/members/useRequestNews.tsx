import { UserRoundPlus } from 'lucide-react';
import { call } from '../../api/call';
import { explain } from '../../api/errors';
import { PermissionService } from '../../api/gen/services';
import { verbOf } from '../../api/permissions';
import { useRoom } from '../../room/hooks';
import { select } from '../../room/store';
import type { RoomNews } from '../../ui/RoomToast';
import { notify } from '../../ui/toasts';
import { useWaiting } from './useWaiting';

/** Who waits for a decision of this person, with yes and no in one tap; null when nobody does. */
export function useRequestNews(): RoomNews | null {
  const room = useRoom(select.settings.roomId);
  const { permissions, count } = useWaiting();
  const [asks] = permissions;
  if (!asks) return null;
  const { subjectId = '', displayName = '', permission = 'PERMISSION_UNSPECIFIED' } = asks;

  const allow = async (grant: boolean) => {
    try {
      await call(PermissionService.decidePermissionRequest, { room, subjectId, permission, grant });
    } catch (error) {
      notify(explain(error));
    }
  };
  return {
    key: `asks ${subjectId} ${permission}`,
    icon: <UserRoundPlus size={18} aria-hidden />,
    text: `${displayName} asks to ${verbOf(permission)}`,
    ...(count > 1 && { detail: `${count - 1} more under People` }),
    actions: [
      { label: 'Not now', onPress: () => void allow(false) },
      { label: 'Allow', onPress: () => void allow(true) },
    ],
  };
}
