import { expect, it } from 'vitest';
import { answerFor, withAnswer, withExactly, withRolePermission } from './overrides';

const CHAT = 'PERMISSION_SEND_CHAT';
const PLAY = 'PERMISSION_PLAY_CONTROL';
const ADD = 'PERMISSION_ADD_MEDIA';

it('reads the exceptions of a member; removal wins', () => {
  expect(answerFor({}, CHAT)).toBe('role');
  expect(answerFor({ added: [CHAT] }, CHAT)).toBe('yes');
  expect(answerFor({ added: [CHAT], removed: [CHAT] }, CHAT)).toBe('no');
});

it('writes an exception in place of the one before', () => {
  const member = { added: [PLAY], removed: [CHAT] } as {
    added: ['PERMISSION_PLAY_CONTROL'];
    removed: ['PERMISSION_SEND_CHAT'];
  };
  expect(withAnswer(member, CHAT, 'yes')).toEqual({ added: [PLAY, CHAT], removed: [] });
  expect(withAnswer(member, PLAY, 'no')).toEqual({ added: [], removed: [CHAT, PLAY] });
  expect(withAnswer(member, PLAY, 'role')).toEqual({ added: [], removed: [CHAT] });
});

it('lists for a role only what differs from its default', () => {
  // By default: chat. The room adds playback.
  const role = { id: 'guest', permissions: [CHAT, PLAY], added: [PLAY], removed: [] } as const;
  const guest = { ...role, permissions: [...role.permissions], added: [...role.added], removed: [] };
  expect(withRolePermission(guest, PLAY, false)).toEqual({ added: [], removed: [] });
  expect(withRolePermission(guest, CHAT, false)).toEqual({ added: [PLAY], removed: [CHAT] });
  expect(withRolePermission(guest, ADD, true)).toEqual({ added: [PLAY, ADD], removed: [] });
  const muted = { id: 'guest', permissions: [], removed: [CHAT] } as {
    id: string;
    permissions: [];
    removed: ['PERMISSION_SEND_CHAT'];
  };
  expect(withRolePermission(muted, CHAT, true)).toEqual({ added: [], removed: [] });
});

it('finds the lists of a preset', () => {
  const guest = { id: 'guest', permissions: [CHAT] } as { id: string; permissions: ['PERMISSION_SEND_CHAT'] };
  expect(withExactly(guest, [PLAY], [CHAT, PLAY, ADD])).toEqual({ added: [PLAY], removed: [CHAT] });
});
