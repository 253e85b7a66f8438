import type {
  PlaybackEventJson,
  PlaybackStateJson,
  RoomPhaseJson,
  SkipVoteJson,
} from '../../api/gen/syncwatch/sync/v1/playback_pb';
import { type Motion, motionFrom, msFromUs, STILL, supersedes } from '../../sync/motion';
import { clockTime } from '../format';
import type { Slice } from '../slice';
import type { RoomState } from '../store';
import { members } from './members';

export type { Hold } from '../../sync/motion';

/** The last jump, while it can be undone. */
export interface Undo {
  positionMs: number;
  untilServerMs: number;
}

/** The votes to skip the item that is on. */
export interface SkipVote {
  voterIds: readonly string[];
  votes: number;
  /** So many votes skip it. */
  needed: number;
  /** People present who may vote. */
  voters: number;
}

/** What someone just did, in words. */
export interface LastAction {
  /** Tells two with the same text apart. */
  seq: number;
  text: string;
}

export interface Playback {
  motion: Motion;
  undo: Undo | null;
  phase: RoomPhaseJson;
  /** How long the item is; null while the server does not know. */
  durationMs: number | null;
  /** The item that plays after the current one; empty: none. */
  nextItemId: string;
  /** Null while nobody has voted. */
  skipVote: SkipVote | null;
  lastAction: LastAction | null;
}

export const playback = {
  initial: {
    motion: STILL,
    undo: null,
    phase: 'ROOM_PHASE_UNSPECIFIED',
    durationMs: null,
    nextItemId: '',
    skipVote: null,
    lastAction: null,
  },
  receive(state, frame, room) {
    if (frame.welcome) return { ...state, ...playbackFrom(frame.welcome.snapshot?.state) };
    if (frame.event) return afterEvent(state, frame.event, room);
    if (frame.rejected?.state) return ifNewer(state, frame.rejected.state);
    if (frame.resync?.snapshot) return { ...state, ...playbackFrom(frame.resync.snapshot.state) };
    return state;
  },
  select: {
    motion: (room: RoomState) => room.playback.motion,
    itemId: (room: RoomState) => room.playback.motion.itemId,
    hasItem: (room: RoomState) => room.playback.motion.itemId !== '',
    hold: (room: RoomState) => room.playback.motion.hold,
    isHeld: (room: RoomState) => room.playback.motion.hold !== null,
    /** Play was pressed; the film may still wait for someone. */
    isPlaying: (room: RoomState) => room.playback.motion.playing,
    isMoving: (room: RoomState) => room.playback.motion.playing && !room.playback.motion.hold,
    rate: (room: RoomState) => room.playback.motion.rate,
    seq: (room: RoomState) => room.playback.motion.seq,
    undo: (room: RoomState) => room.playback.undo,
    isOwnerAway: (room: RoomState) => room.playback.phase === 'ROOM_PHASE_OWNER_AWAY',
    skipVote: (room: RoomState) => room.playback.skipVote,
    lastAction: (room: RoomState) => room.playback.lastAction,
  },
} satisfies Slice<Playback>;

function playbackFrom(json: PlaybackStateJson | undefined): Omit<Playback, 'lastAction'> {
  const undo = json?.undo;
  const durationMs = msFromUs(json?.durationUs);
  return {
    motion: motionFrom(json),
    undo: undo ? { positionMs: msFromUs(undo.positionUs), untilServerMs: msFromUs(undo.untilUs) } : null,
    phase: json?.phase ?? 'ROOM_PHASE_UNSPECIFIED',
    durationMs: durationMs > 0 ? durationMs : null,
    nextItemId: json?.nextItemId ?? '',
    skipVote: skipVoteFrom(json?.skipVote),
  };
}

function skipVoteFrom(json: SkipVoteJson | undefined): SkipVote | null {
  if (!json) return null;
  return { voterIds: json.voterIds ?? [], votes: json.votes ?? 0, needed: json.needed ?? 0, voters: json.voters ?? 0 };
}

function ifNewer(state: Playback, json: PlaybackStateJson): Playback {
  const next = playbackFrom(json);
  return supersedes(next.motion, state.motion) ? { ...state, ...next } : state;
}

function afterEvent(state: Playback, event: PlaybackEventJson, room: RoomState): Playback {
  const next = playbackFrom(event.state);
  if (!supersedes(next.motion, state.motion)) return state;
  const text = describe(room, event, next.motion);
  return { ...state, ...next, lastAction: text ? { seq: next.motion.seq, text } : state.lastAction };
}

function describe(room: RoomState, event: PlaybackEventJson, motion: Motion): string {
  if (event.change === 'PLAYBACK_CHANGE_OWNER_BACK') return 'The owner is back';
  const author = event.issuedBy ? members.select.nameOf(room, event.issuedBy) : '';
  if (!author) return '';
  switch (event.change) {
    case 'PLAYBACK_CHANGE_PLAY':
      return `${author} pressed play`;
    case 'PLAYBACK_CHANGE_PAUSE':
      return `${author} paused`;
    case 'PLAYBACK_CHANGE_SEEK':
      return `${author} jumped to ${clockTime(motion.anchorMediaMs)}`;
    case 'PLAYBACK_CHANGE_RATE':
      return `${author} set the speed to ${motion.rate}×`;
    case 'PLAYBACK_CHANGE_ITEM':
      return `${author} switched to ${room.playlist.items.find((item) => item.id === motion.itemId)?.title ?? 'another video'}`;
    case 'PLAYBACK_CHANGE_SKIP_VOTE':
      return `${author} votes to skip`;
    case 'PLAYBACK_CHANGE_STOP':
      return `${author} stopped the video`;
    default:
      return '';
  }
}
