import type { Permission } from '../../../api/permissions';

/** Why somebody with these permissions cannot give or take this one; empty: they can. */
export function whyFixed(permission: Permission, mine: readonly string[]): string {
  if (permission === 'PERMISSION_DELETE_ROOM') return 'Only the owner can';
  return mine.includes(permission) ? '' : 'You can’t give what you don’t have';
}
