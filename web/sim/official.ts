// Members who watch in a service's own player (class C): the adapter as it ships, with a stand-in of the player.
import { EmbedPlayer } from '../src/sync/iframe/embedPlayer';
import { type Habits, USUAL } from '../src/sync/iframe/film.testkit';
import type { EmbedService } from '../src/sync/iframe/services';
import { STAND_INS, type StandIn } from '../src/sync/iframe/standIns.testkit';
import { random, type World } from '../src/sync/world.testkit';
import type { Device } from './device';
import type { KnownPlayer } from './rules/rule';
import type { MemberSpec } from './scenario';

export interface OfficialSpec {
  service: EmbedService;
  habits: Habits;
}

const AD_SHARE = 0.15;

/** The same member, watching in this service's player. */
export function officially(service: EmbedService, { player, seed, ...member }: MemberSpec): MemberSpec {
  const roll = random(seed + 2);
  const between = (low: number, high: number) => low + roll() * (high - low);
  const logBetween = (low: number, high: number) => low * (high / low) ** roll();
  const habits: Habits = {
    ...USUAL,
    loadMs: between(100, 1_500),
    startLatencyMs: logBetween(100, 900),
    seekCostMs: logBetween(150, 1_500),
    jitterMs: between(10, 80),
    driftPpm: player.driftPpm,
    durationMs: player.durationMs,
    // From an idle machine to a busy one.
    delayMs: [2, logBetween(10, 120)],
    adMs: service !== 'vimeo' && roll() < AD_SHARE ? between(5_000, 15_000) : 0,
    seed: player.seed,
  };
  return { ...member, player, seed, official: { service, habits } };
}

export class OfficialPlayer extends EmbedPlayer implements KnownPlayer {
  private readonly standIn: StandIn;

  constructor(world: World, device: Device, { service, habits }: OfficialSpec) {
    const standIn = new STAND_INS[service](world, habits);
    super({
      open: standIn.open,
      timer: device,
      nowMs: device.nowMs,
      // The page and the player in it share the machine's clock.
      epochMs: () => world.serverMs,
      pageOrigin: 'https://watch.example',
      pressed: () => undefined,
      jumped: () => undefined,
      unblocked: () => undefined,
    });
    this.standIn = standIn;
  }

  truthMs(): number {
    return this.standIn.film.positionMs();
  }

  get moves(): boolean {
    return this.standIn.film.state === 'playing';
  }

  get elsewhere(): boolean {
    return this.standIn.film.state === 'ad';
  }

  get playedMs(): number {
    return this.standIn.film.playedMs;
  }

  get oddMs(): number {
    return this.standIn.film.oddMs;
  }

  starve(starved: boolean): void {
    this.standIn.film.starve(starved);
  }
}
