// The product's engine as it ships: clock, estimator and controller, with a server that has the ready barrier in its
// simplest form.
import { ServerClock } from '../../src/sync/clock';
import { type EngineView, SyncEngine } from '../../src/sync/engine';
import { sourceOf } from '../../src/sync/iframe/visit.testkit';
import { type Motion, STILL } from '../../src/sync/motion';
import type { Learned } from '../../src/sync/mover';
import { Prober } from '../../src/sync/prober';
import { IFRAME, type Profile, profileFor } from '../../src/sync/profile';
import type { PlayerStatus } from '../../src/sync/reporter';
import type { World } from '../../src/sync/world.testkit';
import type { MemberSpec } from '../scenario';
import type { Counts, Member, Room, Rule } from './rule';

const CHROMIUM = profileFor('Chrome/156.0');
const GECKO = profileFor('Gecko/20100101 Firefox/140.0');
const HOLD_LIMIT_MS = 5_000;
const MIN_LEAD_MS = 150;
const MAX_LEAD_MS = 800;

interface Client {
  id: string;
  member: Member;
  engine: SyncEngine;
  status: PlayerStatus | null;
  view: EngineView | null;
}

class OwnRoom implements Room {
  private motion: Motion = { ...STILL, epoch: '1', itemId: 'film' };
  private readonly clients: Client[] = [];
  private hold = 0;

  constructor(private readonly world: World) {}

  join(member: Member): void {
    const { device, links, spec } = member;
    const clock = new ServerClock();
    const client: Client = {
      id: `session_${this.clients.length}`,
      member,
      engine: this.engine(member, clock, () => client),
      status: null,
      view: null,
    };
    this.clients.push(client);
    client.engine.audioOffsetMs = spec.audioOffsetMs;
    const prober = new Prober({
      clock,
      timer: device,
      nowMs: device.nowMs,
      wallMs: device.nowMs,
      ping: () => {
        const sentMs = device.nowMs();
        links.up.send(() => {
          const { serverMs } = this.world;
          links.down.send(() =>
            prober.answered({ sentMs, receivedMs: device.nowMs(), serverReceiveMs: serverMs, serverSendMs: serverMs }),
          );
        });
        return true;
      },
      unanswered: () => undefined,
    });
    links.up.send(() => {
      const { motion } = this;
      links.down.send(() => {
        prober.connected();
        client.engine.apply(motion);
        client.engine.connected(client.id);
      });
    });
  }

  play(): void {
    this.begin(this.motion.anchorMediaMs);
  }

  /** Holds the start until all members are ready. */
  seek(toMs: number): void {
    this.hold += 1;
    const { hold } = this;
    const sinceServerMs = this.world.serverMs;
    const waitingSessionIds = this.clients.map(({ id }) => id);
    this.set({
      playing: true,
      anchorMediaMs: toMs,
      hold: { reason: 'seek', sinceServerMs, untilServerMs: sinceServerMs + HOLD_LIMIT_MS, waitingSessionIds },
    });
    this.world.after(HOLD_LIMIT_MS, () => {
      if (hold === this.hold && this.motion.hold) this.begin(toMs);
    });
  }

  counts(): Counts {
    const sum = { corrections: 0, seeks: 0 };
    for (const { view } of this.clients) {
      sum.corrections += view?.corrections ?? 0;
      sum.seeks += view?.seeks ?? 0;
    }
    return sum;
  }

  private engine(member: Member, clock: ServerClock, client: () => Client): SyncEngine {
    const { device, links, player, spec } = member;
    return new SyncEngine({
      player,
      clock,
      timer: device,
      profile: profileOf(spec),
      learned: spec.fresh ? null : learnedOf(spec),
      nowMs: device.nowMs,
      hidden: () => false,
      resolve: async () => (spec.official ? sourceOf(spec.official.service) : { url: '/film', format: 'progressive' }),
      report: (status) => links.up.send(() => this.reported(client(), status)),
      changed: (view) => {
        client().view = view;
      },
    });
  }

  private reported(client: Client, status: PlayerStatus): void {
    client.status = status;
    const { hold, anchorMediaMs } = this.motion;
    if (!hold || status.state !== 'PLAYER_STATE_READY') return;
    const waitingSessionIds = hold.waitingSessionIds.filter((id) => id !== client.id);
    if (waitingSessionIds.length === hold.waitingSessionIds.length) return;
    if (waitingSessionIds.length === 0) this.begin(anchorMediaMs);
    else this.set({ hold: { ...hold, waitingSessionIds } });
  }

  private begin(anchorMediaMs: number): void {
    const slowestMs = Math.max(0, ...this.clients.map(({ status }) => status?.delayMs ?? 0));
    const leadMs = Math.max(MIN_LEAD_MS, Math.min(MAX_LEAD_MS, 2 * slowestMs));
    this.set({ playing: true, anchorMediaMs, anchorServerMs: this.world.serverMs + leadMs, hold: null });
  }

  private set(change: Partial<Motion>): void {
    this.motion = { ...this.motion, ...change, seq: this.motion.seq + 1 };
    const { motion } = this;
    for (const { member, engine } of this.clients) member.links.down.send(() => engine.apply(motion));
  }
}

function profileOf({ official, player }: MemberSpec): Profile {
  if (official) return IFRAME;
  return player.clockStepMs > 0 ? GECKO : CHROMIUM;
}

function learnedOf({ official, player }: MemberSpec): Learned {
  const { startLatencyMs, seekCostMs } = official?.habits ?? player;
  return { startLatencyMs, seekCostMs };
}

export const ours: Rule = {
  id: 'syncwatch',
  label: 'SyncWatch',
  facts:
    'this repository: least round trip with an ageing bound; scheduled start; trims of at most 0.3 % at rest, 2 % in the first seconds after a start or stall, 5 % from 40 ms to 1 s; seek beyond, and from 0.3 s in those seconds',
  open: (world) => new OwnRoom(world),
};
