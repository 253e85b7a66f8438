// What a rule of synchronisation is to the simulator: a server's part and a client's, over links with delays.
import type { Player } from '../../src/sync/player';
import type { World } from '../../src/sync/world.testkit';
import type { Device } from '../device';
import type { Links } from '../network';
import type { MemberSpec } from '../scenario';

/** A player of which the simulator knows the truth. */
export interface KnownPlayer extends Player {
  /** Where it truly is, and whether that moves. */
  truthMs(): number;
  readonly moves: boolean;
  /** Shows something else than the film for a while: an advertisement. */
  readonly elsewhere?: boolean;
  /** How long it has played, and how much of that at a rate that ears notice. */
  readonly playedMs: number;
  readonly oddMs: number;
  /** Runs out of data until further notice. */
  starve(starved: boolean): void;
}

export interface Member {
  spec: MemberSpec;
  device: Device;
  player: KnownPlayer;
  links: Links;
}

export interface Counts {
  /** Deliberate departures from the room's rate, and seeks, that no command asked for. */
  corrections: number;
  seeks: number;
}

export interface Room {
  join(member: Member): void;
  /** Commands, at the moment they reach the server. */
  play(): void;
  seek(toMs: number): void;
  counts(): Counts;
}

export interface Rule {
  id: string;
  label: string;
  /** In one line, from whose published numbers it is written. */
  facts: string;
  open(world: World): Room;
}
