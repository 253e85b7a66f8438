import { expect, it, vi } from 'vitest';
import type { CommandTargets } from './commands';
import { COMMANDS, offered, run, written } from './commands';

const mia = { id: 'guest_mia', name: 'Mia Lee' };

function targets() {
  const calls: unknown[][] = [];
  const of =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
    };
  const all: CommandTargets = {
    say: of('say'),
    play: of('play'),
    pause: of('pause'),
    next: of('next'),
    seek: of('seek'),
    seekBy: of('seekBy'),
    addLink: of('addLink'),
    search: of('search'),
    pins: of('pins'),
    mute: of('mute'),
    clear: of('clear'),
    slowMode: of('slowMode'),
    toggleDanmaku: of('toggleDanmaku'),
    help: of('help'),
    person: (name) => (name.toLowerCase() === 'mia lee' ? mia : undefined),
  };
  return { all, calls };
}

const all = () => true;

it.each([
  ['/me gets popcorn', ['say', 'gets popcorn', true]],
  ['/shrug', ['say', '¯\\_(ツ)_/¯', false]],
  ['/PLAY', ['play']],
  ['/seek 1:02:03', ['seek', 3_723_000]],
  ['/seek 90', ['seek', 90_000]],
  ['/seek -30', ['seekBy', -30_000]],
  ['/add https://e.org/a.mp4', ['addLink', 'https://e.org/a.mp4']],
  ['/search 花见', ['search', '花见']],
  ['/mute Mia Lee 5', ['mute', mia, 300]],
  ['/mute mia lee', ['mute', mia, 600]],
  ['/unmute Mia Lee', ['mute', mia, 0]],
  ['/clear Mia Lee', ['clear', mia]],
  ['/slow 30', ['slowMode', 30]],
  ['/slow 0', ['slowMode', 0]],
])('%s does what it says', (text, call) => {
  const { all: reach, calls } = targets();
  const said = written(text);
  expect(said.kind === 'command' && run(said.name, said.args, reach, all)).toBe('');
  expect(calls).toEqual([call]);
});

it.each([
  ['/seek soon', 'Give a time'],
  ['/add', 'Give a link'],
  ['/mute Bob 5', 'Nobody here is called Bob'],
  ['/mute Mia Lee 0', 'Mute for 1 to'],
  ['/slow 99999', 'Give seconds'],
  ['/slow', 'Give seconds'],
  ['/dance', 'There is no command /dance'],
])('%s is not sent, and says what to do', (text, why) => {
  const { all: reach, calls } = targets();
  const said = written(text);
  expect(said.kind === 'command' && run(said.name, said.args, reach, all)).toContain(why);
  expect(calls).toEqual([]);
});

it('says a slash after two, and leaves other text alone', () => {
  expect(written('//etc')).toEqual({ kind: 'text', text: '/etc' });
  expect(written('and/or')).toEqual({ kind: 'text', text: 'and/or' });
});

it('offers and runs only what the person may do', () => {
  const may = vi.fn((permission: string) => permission === 'PERMISSION_SEND_CHAT');
  expect(offered('', may).map(({ name }) => name)).toEqual(['me', 'shrug', 'danmaku', 'help']);
  const { all: reach, calls } = targets();
  expect(run('slow', '30', reach, may)).toContain('can’t use /slow');
  expect(calls).toEqual([]);
});

it('explains every command', () => {
  expect(COMMANDS.every(({ help }) => help.length > 5)).toBe(true);
});
