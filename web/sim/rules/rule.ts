// A rule of synchronisation for the simulator: the part of the server and that of the client, over links with delays.
import type { Player } from '../../src/sync/player';
import type { World } from '../../src/sync/world.testkit';
import type { Device } from '../device';
import type { Links } from '../network';
import type { MemberSpec } from '../scenario';

/** A player whose true position the simulator knows. */
export interface KnownPlayer extends Player {
  /** The true position, and whether it moves. */
  truthMs(): number;
  readonly moves: boolean;
  /** Shows an advertisement at the moment. */
  readonly elsewhere?: boolean;
  /** Time played, and the part of it at a rate that listeners notice. */
  readonly playedMs: number;
  readonly oddMs: number;
  /** Stalls until it is released. */
  starve(starved: boolean): void;
}

export interface Member {
  spec: MemberSpec;
  device: Device;
  player: KnownPlayer;
  links: Links;
}

export interface Counts {
  /** Corrections: changes from the room's rate, and seeks, without a command. */
  corrections: number;
  seeks: number;
}

export interface Room {
  join(member: Member): void;
  /** Commands, called when they reach the server. */
  play(): void;
  seek(toMs: number): void;
  counts(): Counts;
}

export interface Rule {
  id: string;
  label: string;
  /** One line with the source of its published numbers. */
  facts: string;
  open(world: World): Room;
}
