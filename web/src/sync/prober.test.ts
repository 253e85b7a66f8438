import { describe, expect, it } from 'vitest';
import { ServerClock } from './clock';
import { AFTERTHOUGHTS_MS, BURST, PING_EVERY_MS, Prober } from './prober';
import { random, World } from './world.testkit';

/** A machine whose page clock can be put behind, as a sleep does, and a gateway at a distance. */
function setUp() {
  const world = new World();
  const clock = new ServerClock();
  const machine = { sleptMs: 0, rttMs: 20, pings: 0, online: true, deaf: false };
  const silences: number[] = [];
  const roll = random(4);
  const nowMs = () => world.nowMs - machine.sleptMs;
  const prober: Prober = new Prober({
    clock,
    timer: world,
    nowMs,
    wallMs: () => world.nowMs,
    ping: () => {
      if (!machine.online) return false;
      machine.pings += 1;
      if (machine.deaf) return true;
      const sentMs = nowMs();
      const rttMs = machine.rttMs + roll() * 0.1;
      world.after(rttMs, () => {
        const serverMs = world.serverMs - rttMs / 2;
        prober.answered({ sentMs, receivedMs: nowMs(), serverReceiveMs: serverMs, serverSendMs: serverMs });
      });
      return true;
    },
    unanswered: (forMs) => silences.push(forMs),
  });
  const wrongMs = () => Math.abs(clock.toServer(nowMs()) - world.serverMs);
  return { world, clock, machine, prober, nowMs, wrongMs, silences };
}

describe('measuring the clock', () => {
  it('begins with a burst and a few more pings, then pings every ten seconds', async () => {
    const { world, machine, prober, wrongMs } = setUp();
    prober.connected();
    await world.pass(900);
    expect(machine.pings).toBe(BURST);
    await world.pass(4_000);
    expect(machine.pings).toBe(BURST + AFTERTHOUGHTS_MS.length);
    await world.pass(3 * PING_EVERY_MS);
    expect(machine.pings).toBe(BURST + AFTERTHOUGHTS_MS.length + 3);
    expect(wrongMs()).toBeLessThan(0.1);
  });

  it('detects within two seconds that the machine slept', async () => {
    const { world, clock, machine, prober, nowMs, wrongMs } = setUp();
    prober.connected();
    await world.pass(30_000);
    machine.sleptMs += 60_000;
    world.nowMs += 60_000;
    expect(wrongMs()).toBeGreaterThan(50_000);
    await world.pass(2_000);
    expect(wrongMs()).toBeLessThan(0.1);
    expect(clock.read(nowMs())?.errorMs).toBeLessThan(11);
  });

  it('ignores a wall clock that was set', async () => {
    const { world, prober, wrongMs, clock, nowMs, machine } = setUp();
    prober.connected();
    await world.pass(20_000);
    // What a wall clock an hour ahead looks like to the one who compares the two.
    clock.doubt(3_600_000);
    expect(wrongMs()).toBeLessThan(0.1);
    const before = machine.pings;
    prober.disturbed();
    await world.pass(900);
    expect(machine.pings).toBe(before + BURST);
    expect(wrongMs()).toBeLessThan(0.1);
    expect(clock.read(nowMs())?.errorMs).toBeLessThan(11);
  });

  it('keeps its offset when it changes to a gateway that is further away', async () => {
    const { world, machine, prober, wrongMs } = setUp();
    prober.connected();
    await world.pass(60_000);
    machine.online = false;
    await world.pass(5_000);
    machine.online = true;
    machine.rttMs = 180;
    prober.connected();
    for (let i = 0; i < 100; i += 1) {
      await world.pass(1_000);
      expect(wrongMs()).toBeLessThan(2);
    }
  });

  it('measures in a burst when answers suddenly take much longer', async () => {
    const { world, machine, prober } = setUp();
    prober.connected();
    await world.pass(20_000);
    machine.rttMs = 150;
    const before = machine.pings;
    await world.pass(35_000);
    expect(machine.pings).toBeGreaterThanOrEqual(before + BURST);
    expect(machine.pings).toBeLessThan(before + 2 * BURST + AFTERTHOUGHTS_MS.length);
  });

  it('makes one burst for several reasons, and none without a connection', async () => {
    const { world, machine, prober } = setUp();
    prober.connected();
    for (let i = 0; i < 20; i += 1) prober.disturbed();
    await world.pass(900);
    expect(machine.pings).toBe(BURST);
    machine.online = false;
    await world.pass(6_000);
    prober.disturbed();
    await world.pass(3_000);
    expect(machine.pings).toBe(BURST);
  });

  it('reports once that pings have no answer for eight seconds', async () => {
    const { world, machine, prober, silences } = setUp();
    prober.connected();
    await world.pass(25_000);
    machine.deaf = true;
    await world.pass(12_000);
    expect(silences).toEqual([]);
    await world.pass(5_000);
    expect(silences).toHaveLength(1);
    expect(silences[0]).toBeGreaterThanOrEqual(8_000);
    machine.deaf = false;
    prober.connected();
    await world.pass(60_000);
    expect(silences).toHaveLength(1);
  });

  it('waits less after a sleep', async () => {
    const { world, machine, prober, silences } = setUp();
    prober.connected();
    await world.pass(25_000);
    machine.deaf = true;
    machine.sleptMs += 600_000;
    world.nowMs += 600_000;
    await world.pass(6_000);
    expect(silences).toHaveLength(1);
    expect(silences[0]).toBeLessThan(5_000);
  });

  it('ends', async () => {
    const { world, machine, prober } = setUp();
    prober.connected();
    prober.destroy();
    await world.pass(60_000);
    expect(machine.pings).toBe(1);
  });
});
