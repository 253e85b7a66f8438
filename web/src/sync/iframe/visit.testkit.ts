// An adapter with the stand-in of its player.
import { World } from '../world.testkit';
import { EmbedPlayer } from './embedPlayer';
import type { Habits } from './film.testkit';
import type { Embed, EmbedService } from './services';
import { STAND_INS, type StandIn } from './standIns.testkit';

const VIDEOS: Record<EmbedService, Embed> = {
  youtube: { service: 'youtube', videoId: 'dQw4w9WgXcQ', hash: '' },
  vimeo: { service: 'vimeo', videoId: '76979871', hash: '8272103f6e' },
  dailymotion: { service: 'dailymotion', videoId: 'x84sh87', hash: '' },
};

export function adapterOf(world: World, standIn: StandIn) {
  const pressed: string[] = [];
  let unblocked = 0;
  const player = new EmbedPlayer({
    open: standIn.open,
    timer: world,
    nowMs: () => world.nowMs,
    epochMs: () => world.serverMs,
    pageOrigin: 'https://watch.example',
    pressed: (what) => pressed.push(what),
    jumped: (toMs) => pressed.push(`to ${Math.round(toMs / 1000)} s`),
    unblocked: () => {
      unblocked += 1;
    },
  });
  return { player, pressed, unblocked: () => unblocked };
}

export function sourceOf(service: EmbedService) {
  return { url: 'https://example.org/', format: 'embed' as const, embed: VIDEOS[service] };
}

/** Loads a video and waits until its player accepts commands. */
export async function visit<S extends EmbedService>(service: S, habits: Partial<Habits> = {}) {
  const world = new World();
  const standIn = new STAND_INS[service](world, habits) as InstanceType<(typeof STAND_INS)[S]>;
  const adapter = adapterOf(world, standIn);
  adapter.player.load(sourceOf(service));
  await world.pass(2_000);
  return { world, standIn, ...adapter };
}

/** The result of a promise: the name of its error, or that it is pending. */
export function outcome(promise: Promise<void>): { is: string } {
  const seen = { is: 'pending' };
  promise.then(
    () => {
      seen.is = 'played';
    },
    (error: unknown) => {
      seen.is = error instanceof Error ? error.name : 'unknown';
    },
  );
  return seen;
}
