// A calendar file (RFC 5545) for the start of a room. Made here, since only the page knows the address that people use.

export interface Meeting {
  id: string;
  name: string;
  description?: string;
  startsAt: Date;
  endsAt?: Date;
  /** The link to the room. */
  link: string;
}

/** Without an end, calendars show this long. */
const USUAL_LENGTH_MS = 2 * 3_600_000;
/** Longest line in octets, RFC 5545, 3.1. */
const LONGEST_LINE = 75;

export function calendarFile(meeting: Meeting, now: Date): string {
  const endsAt = meeting.endsAt ?? new Date(meeting.startsAt.getTime() + USUAL_LENGTH_MS);
  const about = [meeting.description, meeting.link].filter(Boolean).join('\n');
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//SyncWatch//EN',
    'BEGIN:VEVENT',
    `UID:${text(meeting.id)}@syncwatch`,
    `DTSTAMP:${time(now)}`,
    `DTSTART:${time(meeting.startsAt)}`,
    `DTEND:${time(endsAt)}`,
    `SUMMARY:${text(meeting.name)}`,
    `DESCRIPTION:${text(about)}`,
    `URL:${meeting.link}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines
    .flatMap(folded)
    .map((line) => `${line}\r\n`)
    .join('');
}

function time(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, '');
}

function text(value: string): string {
  return value.replace(/[\\;,]/g, (special) => `\\${special}`).replace(/\r?\n/g, '\\n');
}

/** A long line as several, each but the first after a space, cut between characters. */
function folded(line: string): string[] {
  const encoder = new TextEncoder();
  const lines: string[] = [];
  let current = '';
  let length = 0;
  for (const character of line) {
    const octets = encoder.encode(character).length;
    if (length + octets > LONGEST_LINE) {
      lines.push(current);
      current = ' ';
      length = 1;
    }
    current += character;
    length += octets;
  }
  return [...lines, current];
}
