// Sets of permissions with a name, for people who do not want to read twenty-five sentences.
import type { Permission } from '../../../api/permissions';

const WATCH: readonly Permission[] = ['PERMISSION_VIEW_MEMBERS', 'PERMISSION_VIEW_CHAT_HISTORY'];
const CHAT: readonly Permission[] = [
  ...WATCH,
  'PERMISSION_SEND_CHAT',
  'PERMISSION_REACT',
  'PERMISSION_VOTE',
  'PERMISSION_USE_VOICE',
];
const TAKE_PART: readonly Permission[] = [
  ...CHAT,
  'PERMISSION_ADD_MEDIA',
  'PERMISSION_EDIT_OWN_MEDIA',
  'PERMISSION_VIEW_HISTORY',
  'PERMISSION_INVITE',
];
const CONTROL: readonly Permission[] = [
  ...TAKE_PART,
  'PERMISSION_PLAY_CONTROL',
  'PERMISSION_CHANGE_CURRENT_MEDIA',
  'PERMISSION_REORDER_PLAYLIST',
  'PERMISSION_BROWSE_PROVIDERS',
  'PERMISSION_SHARE_SCREEN',
];

export interface Preset {
  id: string;
  label: string;
  permissions: readonly Permission[];
}

export const PRESETS: readonly Preset[] = [
  { id: 'watch', label: 'Watch only', permissions: WATCH },
  { id: 'chat', label: 'Watch and talk', permissions: CHAT },
  { id: 'take-part', label: 'Also add videos', permissions: TAKE_PART },
  { id: 'control', label: 'Also control playback', permissions: CONTROL },
];

/** The preset that a role has; null for another mix. */
export function presetOf(permissions: readonly string[]): Preset | null {
  return (
    PRESETS.find(
      (preset) =>
        preset.permissions.length === permissions.length &&
        preset.permissions.every((permission) => permissions.includes(permission)),
    ) ?? null
  );
}
