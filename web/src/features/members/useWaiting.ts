import { useMemo } from 'react';
import type { PermissionRequestJson } from '../../api/gen/syncwatch/room/v1/permission_pb';
import { useMay, useRoom } from '../../room/hooks';
import { select } from '../../room/store';

const NONE: readonly PermissionRequestJson[] = [];

/** What waits for a decision of this person: who asks to come in, and who asks for a permission. */
export function useWaiting() {
  const joins = useRoom(select.joinRequests.all);
  const all = useRoom(select.permissionRequests.all);
  const mine = useRoom(select.access.mySubjectId);
  const decides = useMay('PERMISSION_MANAGE_MEMBERS');
  const permissions = useMemo(
    () => (decides ? all.filter((request) => request.subjectId !== mine) : NONE),
    [all, mine, decides],
  );
  return { joins, permissions, count: joins.length + permissions.length };
}
