import { expect, it } from 'vitest';
import { logWords } from './logWords';

const MIA = { actorId: 'user_mia', actorName: 'Mia' };

it.each([
  [{ memberJoined: { displayName: 'Kai' } }, 'Kai joined'],
  [{ memberLeft: 'user_mia' }, 'Mia left'],
  [{ memberLeft: 'guest_kai', removal: { byName: 'Mia' } }, 'Mia removed somebody'],
  [{ memberLeft: 'guest_kai', removal: { banned: true } }, 'Mia banned somebody'],
  [{ memberChanged: { subjectId: 'guest_kai', displayName: 'Kai' } }, 'Mia changed what Kai may do'],
  [{ roomUpdated: {} }, 'Mia changed the settings'],
  [{ roomUpdated: {}, handOverReason: 'HAND_OVER_REASON_BY_OWNER' as const }, 'Mia handed the room over'],
  [{ itemAdded: { itemId: 'item_a' } }, 'Mia added a video'],
  [{}, 'Mia changed the room'],
])('%o', (event, words) => {
  expect(logWords({ ...MIA, event })).toBe(words);
});

it('names the server where nobody did it', () => {
  expect(logWords({ event: { roomClosed: {} } })).toBe('The server closed the room');
});
