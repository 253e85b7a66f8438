// Texts of the voice chat.
import type { VoiceParticipantJson } from '../../api/gen/syncwatch/voice/v1/voice_pb';
import type { Privacy } from './engine/e2ee/encryption';
import type { Line } from './engine/mesh';

/** Names of the people in voice, for the button that joins: `Mia, Ben and 2 more`. */
export function namesOf(participants: readonly VoiceParticipantJson[]): string {
  const names = participants.map(({ displayName = '' }) => displayName);
  if (names.length <= 3) return names.join(', ');
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** Why a person cannot be heard now; empty: they can. */
export function whySilent(
  { own = {}, muted }: VoiceParticipantJson,
  line: Line | undefined,
  mutedHere: boolean,
): string {
  if (muted) return `muted by ${muted.byName ?? 'a moderator'}`;
  if (mutedHere) return 'muted for you';
  if (own.interrupted) return 'away: their device took the microphone';
  if (own.listening) return 'only listens';
  if (own.muted) return 'muted';
  if (line?.state === 'connecting') return 'connecting';
  if (line?.state === 'broken') return 'connection lost; trying again';
  return '';
}

const PATHS = {
  sfu: 'through the server',
  ICE_PATH_HOST: 'same network',
  ICE_PATH_REFLEXIVE: 'direct',
  ICE_PATH_RELAY_UDP: 'through a relay',
  ICE_PATH_RELAY_TCP: 'through a relay (TCP)',
  ICE_PATH_RELAY_TLS: 'through a relay (TLS)',
};

/** How the line to a person is: `direct · 24 ms · loses 4 %`. */
export function lineWords({ state, path, roundTripMs, lossPercent }: Line): string {
  if (state === 'connecting') return 'connecting …';
  if (state === 'broken') return 'connection lost; trying again …';
  const parts = [path && PATHS[path], roundTripMs !== null && `${Math.round(roundTripMs)} ms`];
  if (lossPercent !== null && lossPercent >= 1) parts.push(`loses ${Math.round(lossPercent)} %`);
  return parts.filter(Boolean).join(' · ');
}

/** Advice for a person, by the state of their connections; empty: all is well. */
export function adviceFor(lines: readonly Line[], hasRelay: boolean): string {
  const broken = lines.filter(({ state }) => state === 'broken').length;
  if (broken > 0 && !hasRelay)
    return 'This server has no relay (TURN), so people in different networks may not reach each other. Use one network, or ask its operator to set one up.';
  if (broken > 0 && broken === lines.length)
    return 'You reach nobody. Check your connection; a VPN or firewall may block calls.';
  const loss = Math.max(0, ...lines.map(({ lossPercent }) => lossPercent ?? 0));
  if (loss >= 3)
    return `Your line loses ${Math.round(loss)} %. Move closer to the Wi-Fi, use a cable, or stop other downloads.`;
  const slow = Math.max(0, ...lines.map(({ roundTripMs }) => roundTripMs ?? 0));
  if (slow >= 400) return 'Your line is slow. Stop other downloads, or switch to another network.';
  if (lines.some(({ path }) => path === 'ICE_PATH_RELAY_TCP' || path === 'ICE_PATH_RELAY_TLS'))
    return 'Your network blocks UDP, so voices come later. Another network may be better.';
  return '';
}

/** By how much the film is turned down. */
export function depthWords(db: number): string {
  return db === 0 ? 'as loud as ever' : `−${db} dB`;
}

/** Who could listen: a short sign, and what it means. `nameOf` names a session; empty for oneself. */
export function privacyWords({ kind, without, code }: Privacy, nameOf: (sessionId: string) => string): PrivacyWords {
  switch (kind) {
    case 'direct':
      return {
        sign: 'Encrypted from browser to browser',
        meaning:
          'Voices go from browser to browser, encrypted. The server introduces the browsers to each other, so you trust it not to pose as somebody.',
      };
    case 'starting':
      return {
        sign: 'Agreeing on keys …',
        meaning: 'The browsers agree on keys. Your voice is sent when they have them.',
      };
    case 'sealed':
      return {
        sign: `End-to-end encrypted · ${code}`,
        meaning: `The media server passes voices on and cannot listen. It does see who is here, who talks and when, and it names the people: read the number ${code} to each other, and nobody sits in between if all of you have the same.`,
      };
    case 'server': {
      const names = without.map(nameOf).filter(Boolean);
      const who = names.length > 0 ? namesOf(names.map((displayName) => ({ displayName }))) : '';
      return {
        sign: 'Not end-to-end encrypted',
        meaning: `Voices are encrypted on their way to the media server, which could listen. ${who ? `The browser of ${who}` : 'Your browser'} cannot do more; a current one can.`,
      };
    }
  }
}

export interface PrivacyWords {
  sign: string;
  meaning: string;
}
