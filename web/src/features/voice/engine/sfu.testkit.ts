// A media server that a test plays: it answers offers, and says who is in which slot.
import { vi } from 'vitest';
import type { VoiceSlotsJson } from '../../../api/gen/syncwatch/voice/v1/voice_pb';
import { type FakeConnection, FakeNetwork, settle } from './rtc.testkit';

const ANSWER = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:server\r\n';

export class FakeSfu {
  readonly network = new FakeNetwork().install();
  hostEpoch = 1;
  readonly connect = vi.fn((_offer: string) => Promise.resolve({ answer: ANSWER, hostEpoch: this.hostEpoch }));

  /** Connections to the server, in their order: those with a channel. */
  get links(): FakeConnection[] {
    return this.network.connections.filter(({ channels }) => channels.length > 0);
  }

  get openLinks(): FakeConnection[] {
    return this.links.filter(({ isClosed }) => !isClosed);
  }

  /** Sends a message by the newest connection, or by another one. */
  async say(message: VoiceSlotsJson, link = this.links.at(-1)): Promise<void> {
    await settle();
    link?.channels[0]?.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }));
    await settle();
  }
}

/** Packets of a voice in a slot, 0 to 3, up to now. */
export function packets(link: FakeConnection | undefined, slot: number, audioLevel = 0.2): void {
  link?.hears({ audioLevel, timestamp: performance.now() }, slot + 1);
}

/** The audio elements that play now. */
export function playing(): { volume: number }[] {
  return [...document.querySelectorAll('audio')].filter((one) => !one.muted && one.volume > 0);
}
