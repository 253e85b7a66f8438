import { describe, expect, it } from 'vitest';
import { ApiError, unreachable } from '../api/errors';
import type { ItemJson } from '../api/gen/syncwatch/room/v1/playlist_pb';
import type { CommandJson } from '../api/gen/syncwatch/sync/v1/playback_pb';
import { type Motion, STILL } from '../sync/motion';
import { Commands } from './commands';
import type { ClientFrame } from './frames';
import { EMPTY_ROOM, type RoomState } from './store';

interface Given {
  motion?: Partial<Motion>;
  items?: readonly ItemJson[];
}

function setUp({ motion, items = [] }: Given = {}) {
  const room: RoomState = {
    ...EMPTY_ROOM,

    playlist: { items, folders: [], isKnown: true },
    playback: { ...EMPTY_ROOM.playback, motion: { ...STILL, itemId: 'item_a', seq: 7, ...motion } },
  };
  const sent: CommandJson[] = [];
  const failures: string[] = [];
  const online = { now: false };
  const answers: ((error?: Error) => void)[] = [];
  const commands = new Commands({
    room: () => room,
    request: (frame: ClientFrame) =>
      new Promise((resolve, reject) => {
        sent.push(frame.command ?? {});
        answers.push((error) => (error ? reject(error) : resolve({})));
      }),
    online: async () => online.now,
    durationMs: () => 60_000,
    frameMs: () => null,
    failed: (message) => failures.push(message),
    refused: () => false,
  });
  const answer = async (error?: Error) => {
    answers.shift()?.(error);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { commands, sent, failures, answer, online };
}

describe('a connection that breaks', () => {
  it('sends the same command again when the connection is back soon', async () => {
    const { commands, sent, failures, answer, online } = setUp();
    void commands.pause();
    online.now = true;
    await answer(unreachable());
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    await answer();
    expect(failures).toEqual([]);
  });

  // Case R6.
  it('rejects a command visibly when the connection stays lost or breaks again', async () => {
    const { commands, sent, failures, answer, online } = setUp();
    void commands.pause();
    await answer(unreachable());
    expect([sent.length, failures.length]).toEqual([1, 1]);
    online.now = true;
    void commands.pause();
    await answer(unreachable());
    await answer(unreachable());
    expect(sent).toHaveLength(3);
    const refused = 'You’re not connected, so Pause didn’t reach the room. Try again once you’re back.';
    expect(failures).toEqual([refused, refused]);
  });
});

// Case R6.
it('names each command that did not reach the room', async () => {
  const { commands, failures, answer } = setUp({ motion: { rate: 1 }, items: [{ id: 'item_a' }, { id: 'item_b' }] });
  const presses = [
    () => commands.play(),
    () => commands.seek(5_000),
    () => commands.seekBy(5_000),
    () => commands.undoSeek(),
    () => commands.setRate(2),
    () => commands.next(),
    () => commands.choose('item_b'),
  ];
  for (const press of presses) {
    void press();
    await answer(unreachable());
  }
  expect(failures.map((said) => /so (.+) didn’t reach/.exec(said)?.[1])).toEqual([
    'Play',
    'the jump',
    'the jump',
    'the undo',
    'the new speed',
    'the change of video',
    'the change of video',
  ]);
});

describe('jumps', () => {
  // Case L6.
  it('are not sent where the host serves no ranges, with a message', async () => {
    const items = [{ id: 'item_a', source: { noJumps: true } }];
    const { commands, sent, failures } = setUp({ items });
    await commands.seek(5_000);
    await commands.seekBy(5_000);
    expect(sent).toEqual([]);
    expect(failures).toHaveLength(2);
    expect(failures[0]).toContain('nobody can jump');
    void commands.pause();
    expect(sent).toHaveLength(1);
  });

  it('coalesces jumps while one is pending', async () => {
    const { commands, sent, answer } = setUp();
    for (let i = 0; i < 30; i += 1) void commands.seekBy(5_000);
    expect(sent.map((c) => c.seekBy?.offsetUs)).toEqual(['5000000']);
    await answer();
    expect(sent.map((c) => c.seekBy?.offsetUs)).toEqual(['5000000', '145000000']);
    await answer();
    expect(sent).toHaveLength(2);
  });

  it('sends nothing for jumps that cancel out', async () => {
    const { commands, sent, answer } = setUp();
    void commands.seekBy(5_000);
    void commands.seekBy(10_000);
    void commands.seekBy(-10_000);
    await answer();
    expect(sent).toHaveLength(1);
  });

  it('drops the coalesced jumps when one is rejected, and shows why', async () => {
    const { commands, sent, failures, answer } = setUp();
    void commands.seekBy(5_000);
    void commands.seekBy(5_000);
    await answer(new ApiError('no', 409, 'ITEM_MISMATCH'));
    expect(sent).toHaveLength(1);
    expect(failures).toEqual([expect.stringContaining('another video')]);
    void commands.seekBy(5_000);
    expect(sent).toHaveLength(2);
  });

  it('names the current item', () => {
    const { commands, sent } = setUp();
    void commands.undoSeek();
    expect(sent[0]).toMatchObject({ itemId: 'item_a', undoSeek: {} });
  });
});

describe('frames', () => {
  it('steps by a 25th of a second while the frame is unknown, and only while paused', () => {
    const { commands, sent } = setUp();
    void commands.stepFrame(-1);
    expect(sent[0]?.seekBy).toEqual({ offsetUs: '-40000' });
    const moving = setUp({ motion: { playing: true } });
    void moving.commands.stepFrame(1);
    expect(moving.sent).toEqual([]);
  });
});

describe('speeds', () => {
  it('stays within the speeds of a room', () => {
    const { commands, sent } = setUp();
    void commands.setRate(99);
    void commands.setRate(0);
    expect(sent.map((c) => c.setRate?.rate)).toEqual([4, 0.25]);
  });

  it('goes up and down the list, and stops at its ends', () => {
    const { commands, sent } = setUp({ motion: { rate: 1.1 } });
    void commands.shiftRate(1);
    void commands.shiftRate(-1);
    expect(sent.map((c) => c.setRate?.rate)).toEqual([1.25, 1]);
    const fastest = setUp({ motion: { rate: 4 } });
    void fastest.commands.shiftRate(1);
    expect(fastest.sent).toEqual([]);
  });
});
