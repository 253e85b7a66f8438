// What the tables mean, around them.
import type { Rule } from './rules/rule';

export interface Parts {
  rooms: number;
  runs: number;
  few: number;
  table: string;
  conditions: string;
  rules: readonly Rule[];
}

export function words({ rooms, runs, few, table, conditions, rules }: Parts): string {
  return `# Synchronisation, simulated

\`make bench-sim\` writes this file. The same seeds give the same figures.

${table}

Milliseconds between two members of a room, at their ears; p50, p95 and p99 outside the 3 s after an event of one of the two. Rates
and counts are for each hour that one member watches. A correction is a departure from the room's rate, or a seek, that no
command asked for. A rate is audible beyond 1 % off the room's. A late joiner is in sync when they stay within 50 ms of the others.

![Skew between two members of a room](sim.svg)

## Ours, one thing at a time

${few} rooms each; joins, seeks and stalls as above.

${conditions}

What is left with lopsided paths is what no clock can see over them: a fifth of half the round trip at 60 to 40.

## The rooms

${rooms} rooms for each rule, the same ones for all; ${runs} runs together. In each, 2 to 4 people watch for five minutes: a start, a seek after two and a half
minutes, one of them joins after 45 s, and each has about six stalls an hour of 0.3 to 4 s.

- Devices: oscillators up to 100 ppm off, timers up to 2 ms late and at times 30 ms. Half tell the time exactly, a third in steps of 2 ms, the rest in steps
  of 100 ms (and of 16.7 ms for the page's own clock), as Firefox does when it resists fingerprinting.
- Players: audio clocks up to 100 ppm off, 20 to 150 ms from play to sound, 50 to 1500 ms for a seek. Half are known from an earlier visit.
- Players of other sites, where the table says so: their time comes by messages, four times a second and 2 to 120 ms late; 100 to 900 ms from play to motion,
  150 to 1500 ms for a seek, speeds from a short list or none, and an advertisement of 5 to 15 s before the film for one in seven (not Vimeo). They are stand-ins
  built from what is documented. While one shows its advertisement, and the 3 s after, its skew is not counted as settled.
- Networks: round trips of 5 to 400 ms, up to 60:40 lopsided, queues of 1 to 15 % of the round trip on average, up to 3 % of messages sent again, in order.

What a client sees is what it would: its own clock, its player's clock, and messages when they arrive.

## The rules

Ours is the client's code as it ships. The others are written anew from published numbers, without their code; everything about them that
is not a rule of synchronisation (decoders, advertisements, people) is left out, and so is their waiting for members, but for the ready barrier before a start.
Rules that seek to where the room is, not to where it will be when the seek is done, land behind by what a seek costs; where that is more
than they tolerate, they seek again and again: that is most of their seeks. Where a product lets people set an offset for late sound (Jellyfin, Syncplay, this one), they did.

${rules.map((rule) => `- **${rule.label}**: ${rule.facts}.`).join('\n')}
`;
}
