// What is known of a room, as slices. Whoever adds a part of the room adds a slice to the two lists below.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ResourceJson } from '../api/gen/syncwatch/realtime/v1/realtime_pb';
import type { ServerFrame } from './frames';
import type { Slice } from './slice';
import { type Access, access } from './slices/access';
import { type Chat, chat } from './slices/chat';
import { type Connection, connection } from './slices/connection';
import { type Emotes, emotes } from './slices/emotes';
import { type JoinRequests, joinRequests } from './slices/joinRequests';
import { type Members, members } from './slices/members';
import { type PermissionRequests, permissionRequests } from './slices/permissionRequests';
import { type Playback, playback } from './slices/playback';
import { type OwnPlayer, player } from './slices/player';
import { type Playlist, playlist } from './slices/playlist';
import { type Quality, quality } from './slices/quality';
import { type Reactions, reactions } from './slices/reactions';
import { type Reports, reports } from './slices/reports';
import { type Roles, roles } from './slices/roles';
import { type Settings, settings } from './slices/settings';
import { type Voice, voice } from './slices/voice';
import { type Votes, votes } from './slices/votes';

export interface RoomState {
  connection: Connection;
  settings: Settings;
  access: Access;
  members: Members;
  roles: Roles;
  joinRequests: JoinRequests;
  permissionRequests: PermissionRequests;
  playlist: Playlist;
  votes: Votes;
  voice: Voice;
  playback: Playback;
  chat: Chat;
  emotes: Emotes;
  reactions: Reactions;
  reports: Reports;
  quality: Quality;
  player: OwnPlayer;
}

const SLICES = {
  connection,
  settings,
  access,
  members,
  roles,
  joinRequests,
  permissionRequests,
  playlist,
  votes,
  voice,
  playback,
  chat,
  emotes,
  reactions,
  reports,
  quality,
  player,
} satisfies {
  readonly [K in keyof RoomState]: Slice<RoomState[K]>;
};

type SliceName = keyof RoomState;

const NAMES = Object.keys(SLICES) as SliceName[];

/** What the page reads of each slice: `useRoom(select.chat.messages)`. */
export const select = Object.fromEntries(NAMES.map((name) => [name, SLICES[name].select])) as {
  readonly [K in SliceName]: (typeof SLICES)[K]['select'];
};

export const EMPTY_ROOM = Object.fromEntries(NAMES.map((name) => [name, SLICES[name].initial])) as unknown as RoomState;

/** The resources that every connection observes from its start. */
export const OBSERVED: readonly ResourceJson[] = NAMES.flatMap((name) => sliceOf(name).observes ?? []);

function sliceOf<K extends SliceName>(name: K): Slice<RoomState[K]> {
  const slices: { readonly [N in SliceName]: Slice<RoomState[N]> } = SLICES;
  return slices[name];
}

export type RoomStore = StoreApi<RoomState>;

export function createRoomStore(): RoomStore {
  return createStore<RoomState>(() => EMPTY_ROOM);
}

/** The room after a frame; `room` itself when the frame changes nothing. */
export function receive(room: RoomState, frame: ServerFrame, nowMs: number): RoomState {
  const changed = NAMES.map((name) => [name, received(name, room, frame, nowMs)] as const).filter(
    ([name, state]) => state !== room[name],
  );
  return changed.length ? { ...room, ...Object.fromEntries(changed) } : room;
}

function received<K extends SliceName>(name: K, room: RoomState, frame: ServerFrame, nowMs: number): RoomState[K] {
  return sliceOf(name).receive(room[name], frame, room, nowMs);
}

/** Changes one slice from this side. */
export function update<K extends SliceName>(
  store: RoomStore,
  name: K,
  change: (state: RoomState[K]) => RoomState[K],
): void {
  store.setState((room) => ({ ...room, [name]: change(room[name]) }));
}
