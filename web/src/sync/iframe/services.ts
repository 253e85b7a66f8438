// The services whose videos only their own player may play, and the abilities of those players. The adapters, the
// choice of the profile and the notes for people all use this list.

export type EmbedService = 'youtube' | 'vimeo' | 'dailymotion';

export interface Embed {
  service: EmbedService;
  videoId: string;
  /** Key of an unlisted video of Vimeo; empty elsewhere. */
  hash: string;
}

export interface Capabilities {
  name: string;
  /** Origin of the player; messages from other origins are ignored. */
  origin: string;
  /** Its rates until it reports others, smallest first; `[1]`: it has one speed. */
  rates: readonly number[];
  /** Whether seeks are exact to the frame. */
  exactSeek: boolean;
  /** Whether it reports the frame on screen. */
  frames: boolean;
  /** Shortest interval of the messages with its time, in ms. */
  tellsEveryMs: number;
  /** Whether it shows advertisements, which shift its film against the others'. */
  ads: 'none' | 'told' | 'not told';
  /** Whether it plays in a background tab. */
  background: boolean;
  /** Whether it works where third-party cookies are blocked. */
  withoutCookies: boolean;
  /** Whether pages of other sites may control it. */
  steering: 'documented' | 'withdrawn';
}

export const SERVICES: Readonly<Record<EmbedService, Capabilities>> = {
  youtube: {
    name: 'YouTube',
    origin: 'https://www.youtube-nocookie.com',
    rates: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2],
    exactSeek: false,
    frames: false,
    tellsEveryMs: 250,
    ads: 'not told',
    background: true,
    withoutCookies: true,
    steering: 'documented',
  },
  vimeo: {
    name: 'Vimeo',
    origin: 'https://player.vimeo.com',
    // Only where the plan of the video's owner includes speeds; otherwise the player rejects them.
    rates: [0.5, 0.75, 1, 1.25, 1.5, 2],
    exactSeek: false,
    frames: false,
    tellsEveryMs: 250,
    ads: 'none',
    background: true,
    withoutCookies: true,
    steering: 'documented',
  },
  dailymotion: {
    name: 'Dailymotion',
    origin: 'https://geo.dailymotion.com',
    rates: [1],
    exactSeek: false,
    frames: false,
    tellsEveryMs: 250,
    ads: 'told',
    background: true,
    withoutCookies: true,
    steering: 'withdrawn',
  },
};

/** The limits of a service's player, in sentences for people. */
export function limits(service: EmbedService): string[] {
  const can = SERVICES[service];
  const { name } = can;
  const told: string[] = [];
  if (can.steering === 'withdrawn')
    told.push(
      `${name} no longer lets every site control its player. If the player doesn’t answer here, you’ll be told, and this video can’t be kept in sync.`,
    );
  if (!can.frames)
    told.push(
      `${name}’s player reports its time only a few times a second, so expect to be within a quarter of a second of each other, not on the same frame.`,
    );
  if (!can.exactSeek) told.push('Jumps land near the spot, not on the exact frame, and you can’t step frame by frame.');
  if (can.rates.length === 1) told.push('It only plays at normal speed.');
  else if (service === 'vimeo') told.push('Other speeds only work if the video’s owner allows them.');
  else told.push(`Speeds: ${can.rates.map((rate) => `${rate}×`).join(', ')}.`);
  if (can.ads !== 'none') told.push('People may see different ads. After an ad, you jump to where the others are.');
  if (!can.withoutCookies) told.push('It needs cookies of its own.');
  if (!can.background) told.push('It may pause in a background tab.');
  told.push('Private, removed, age-restricted and region-locked videos don’t play here either.');
  return told;
}
