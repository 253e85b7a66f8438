// The `/` commands of the chat. Each does what a button does, too.
import type { PermissionJson } from '../../api/gen/syncwatch/room/v1/member_pb';
import type { Named } from '../../room/chat/mentions';

/** What commands reach. */
export interface CommandTargets {
  say: (text: string, isAction: boolean) => void;
  play: () => void;
  pause: () => void;
  next: () => void;
  /** `seekBy`: relative to where the film is. */
  seek: (ms: number) => void;
  seekBy: (ms: number) => void;
  addLink: (url: string) => void;
  search: (words: string) => void;
  pins: () => void;
  mute: (person: Named, seconds: number) => void;
  clear: (person: Named) => void;
  slowMode: (seconds: number) => void;
  toggleDanmaku: () => void;
  help: () => void;
  /** Finds a person of the room by the name that was typed. */
  person: (name: string) => Named | undefined;
}

export interface ChatCommand {
  name: string;
  /** What follows the name, as the help shows it. */
  args: string;
  help: string;
  /** Without it the command is not offered. */
  permission?: PermissionJson;
  /** Returns what is wrong with the arguments; empty: it is done. */
  run: (args: string, targets: CommandTargets) => string;
}

const MAX_MUTE_MINUTES = 43_200;
const MAX_SLOW_SECONDS = 21_600;

export const COMMANDS: readonly ChatCommand[] = [
  {
    name: 'me',
    args: 'what you do',
    help: 'Say what you do: “Mia gets popcorn”',
    permission: 'PERMISSION_SEND_CHAT',
    run: (args, { say }) => (args ? done(() => say(args, true)) : 'Say what you do: /me gets popcorn'),
  },
  {
    name: 'shrug',
    args: 'text',
    help: 'Add a shrug to your message',
    permission: 'PERMISSION_SEND_CHAT',
    run: (args, { say }) => done(() => say(`${args} ¯\\_(ツ)_/¯`.trim(), false)),
  },
  {
    name: 'play',
    args: '',
    help: 'Play, for everyone',
    permission: 'PERMISSION_PLAY_CONTROL',
    run: (_args, { play }) => done(play),
  },
  {
    name: 'pause',
    args: '',
    help: 'Pause, for everyone',
    permission: 'PERMISSION_PLAY_CONTROL',
    run: (_args, { pause }) => done(pause),
  },
  {
    name: 'seek',
    args: '12:30 or +30',
    help: 'Jump, for everyone: to a time, or by seconds',
    permission: 'PERMISSION_PLAY_CONTROL',
    run: (args, { seek, seekBy }) => {
      const by = /^([+-])(\d{1,6})$/u.exec(args);
      if (by) return done(() => seekBy((by[1] === '-' ? -1_000 : 1_000) * Number(by[2])));
      const ms = timeOf(args);
      return ms === null ? 'Give a time, such as /seek 12:30, or seconds, such as /seek +30' : done(() => seek(ms));
    },
  },
  {
    name: 'next',
    args: '',
    help: 'Play the next video, for everyone',
    permission: 'PERMISSION_CHANGE_CURRENT_MEDIA',
    run: (_args, { next }) => done(next),
  },
  {
    name: 'add',
    args: 'link',
    help: 'Add a link to Up next',
    permission: 'PERMISSION_ADD_MEDIA',
    run: (args, { addLink }) => (args ? done(() => addLink(args)) : 'Give a link: /add https://…'),
  },
  {
    name: 'search',
    args: 'words',
    help: 'Search the chat',
    permission: 'PERMISSION_VIEW_CHAT_HISTORY',
    run: (args, { search }) => done(() => search(args)),
  },
  {
    name: 'pins',
    args: '',
    help: 'Show the pinned messages',
    permission: 'PERMISSION_VIEW_CHAT_HISTORY',
    run: (_args, { pins }) => done(pins),
  },
  {
    name: 'danmaku',
    args: '',
    help: 'Let messages fly over the film, for you',
    run: (_args, { toggleDanmaku }) => done(toggleDanmaku),
  },
  {
    name: 'mute',
    args: 'name minutes',
    help: 'Nobody reads what this person writes for some minutes',
    permission: 'PERMISSION_BAN',
    run: (args, { person, mute }) => {
      const [, name = '', minutes = '10'] = /^(.*?)(?:\s+(\d{1,5}))?$/u.exec(args) ?? [];
      const who = person(name);
      const count = Number(minutes);
      if (!who) return name ? nobody(name) : 'Say whom: /mute Mia 10';
      if (count < 1 || count > MAX_MUTE_MINUTES) return `Mute for 1 to ${MAX_MUTE_MINUTES} minutes.`;
      return done(() => mute(who, count * 60));
    },
  },
  {
    name: 'unmute',
    args: 'name',
    help: 'Let this person write again',
    permission: 'PERMISSION_BAN',
    run: (args, { person, mute }) => {
      const who = person(args);
      return who ? done(() => mute(who, 0)) : args ? nobody(args) : 'Say whom: /unmute Mia';
    },
  },
  {
    name: 'clear',
    args: 'name',
    help: 'Delete all messages of a person',
    permission: 'PERMISSION_DELETE_CHAT',
    run: (args, { person, clear }) => {
      const who = person(args);
      return who ? done(() => clear(who)) : args ? nobody(args) : 'Say whose messages: /clear Mia';
    },
  },
  {
    name: 'slow',
    args: 'seconds',
    help: 'One message of each person in so many seconds; 0 ends it',
    permission: 'PERMISSION_MANAGE_SETTINGS',
    run: (args, { slowMode }) => {
      const seconds = /^\d{1,5}$/u.test(args) ? Number(args) : Number.NaN;
      return seconds <= MAX_SLOW_SECONDS
        ? done(() => slowMode(seconds))
        : `Give seconds from 0 to ${MAX_SLOW_SECONDS}: /slow 30`;
    },
  },
  { name: 'help', args: '', help: 'Show these commands', run: (_args, { help }) => done(help) },
];

function done(action: () => void): string {
  action();
  return '';
}

function nobody(name: string): string {
  return `Nobody here is called ${name}.`;
}

/** 12:30, 1:02:03, or seconds. */
function timeOf(text: string): number | null {
  const parts = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})$/u.exec(text);
  if (!parts) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
}

/** The commands that begin with these letters and that the person may use. */
export function offered(word: string, may: (permission: PermissionJson) => boolean): ChatCommand[] {
  const sought = word.toLowerCase();
  return COMMANDS.filter(({ name, permission }) => name.startsWith(sought) && (!permission || may(permission)));
}

export type Written = { kind: 'text'; text: string } | { kind: 'command'; name: string; args: string };

/** What a text in the field is. `//` at the beginning is a slash that is said. */
export function written(text: string): Written {
  if (text.startsWith('//')) return { kind: 'text', text: text.slice(1) };
  const found = /^\/(\S*)(?:\s+([\s\S]*))?$/u.exec(text.trim());
  if (!found) return { kind: 'text', text };
  return { kind: 'command', name: (found[1] ?? '').toLowerCase(), args: (found[2] ?? '').trim() };
}

/** Runs a command. Returns what is wrong; empty: it is done. */
export function run(
  name: string,
  args: string,
  targets: CommandTargets,
  may: (permission: PermissionJson) => boolean,
): string {
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) return `There is no command /${name}. Type / to see them all, or // to say a slash.`;
  if (command.permission && !may(command.permission)) return `You can’t use /${name} in this room.`;
  return command.run(args, targets);
}
