// What a rule of synchronisation is to the simulator: a server's part and a client's, over links with delays.
import type { SimulatedPlayer } from '../../src/sync/player.testkit';
import type { World } from '../../src/sync/world.testkit';
import type { Device } from '../device';
import type { Links } from '../network';
import type { MemberSpec } from '../scenario';

export interface Member {
  spec: MemberSpec;
  device: Device;
  player: SimulatedPlayer;
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
