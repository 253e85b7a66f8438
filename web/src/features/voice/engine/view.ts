// State of one's own part in the voice chat, for the page.
import type { Privacy } from './e2ee/encryption';
import type { Line } from './mesh';
import type { Talk } from './talk';

export interface VoiceView {
  status: 'out' | 'joining' | 'in';
  muted: boolean;
  hasMicrophone: boolean;
  /** Name of the microphone in use. */
  device: string;
  talk: Talk;
  /** Whether the others hear this microphone now. */
  open: boolean;
  /** Ids of the people who speak now, oneself among them. */
  speaking: readonly string[];
  lines: ReadonlyMap<string, Line>;
  hasRelay: boolean;
  /** Whether the media server could listen. */
  privacy: Privacy;
  /** The browser plays voices only after a tap. */
  needsTap: boolean;
  /** The film was measured in the microphone, and the person was not yet asked to use headphones. */
  leaks: boolean;
}

export const OUT: VoiceView = {
  status: 'out',
  muted: false,
  hasMicrophone: false,
  device: '',
  talk: 'closed',
  open: false,
  speaking: [],
  lines: new Map(),
  hasRelay: true,
  privacy: { kind: 'direct', without: [], code: '' },
  needsTap: false,
  leaks: false,
};
