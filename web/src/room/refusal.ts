// Which permission a refused call or command lacked.
import { ApiError } from '../api/errors';
import { type Permission, permissionNamed } from '../api/permissions';

/** Null for any other error. */
export function missingPermission(error: unknown): Permission | null {
  if (!(error instanceof ApiError) || error.reason !== 'PERMISSION_MISSING') return null;
  return permissionNamed(error.metadata['permission'] ?? '');
}
