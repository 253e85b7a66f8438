import { expect, it } from 'vitest';
import { calendarFile } from './calendar';

const now = new Date('2026-11-29T10:00:00Z');
const meeting = {
  id: 'room_1',
  name: 'Film night; with, friends',
  description: 'Bring snacks.\nBe on time.',
  startsAt: new Date('2026-12-01T19:30:00.250Z'),
  link: 'https://watch.example.org/r/abcd2345',
};

it('says when, what and where', () => {
  const lines = calendarFile(meeting, now).split('\r\n');
  expect(lines).toContain('DTSTART:20261201T193000Z');
  expect(lines).toContain('DTEND:20261201T213000Z');
  expect(lines).toContain('SUMMARY:Film night\\; with\\, friends');
  expect(lines).toContain('URL:https://watch.example.org/r/abcd2345');
  expect(lines.join('\r\n').replaceAll('\r\n ', '')).toContain(
    'DESCRIPTION:Bring snacks.\\nBe on time.\\nhttps://watch.example.org/r/abcd2345',
  );
  expect(lines.at(-1)).toBe('');
});

it('takes the end that the room has', () => {
  const file = calendarFile({ ...meeting, endsAt: new Date('2026-12-01T23:00:00Z') }, now);
  expect(file).toContain('DTEND:20261201T230000Z\r\n');
});

it('folds long lines between characters', () => {
  const name = '映画の夜'.repeat(30);
  const file = calendarFile({ ...meeting, name }, now);
  for (const line of file.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(file.replaceAll('\r\n ', '')).toContain(`SUMMARY:${name}\r\n`);
});
