// This page's part in the voice chat. The engine is loaded with the first join.
import { create } from 'zustand';
import type { RoomSession } from '../../room/session';
import { OUT, type VoiceView } from './engine/view';
import type { VoiceChat } from './engine/voiceChat';

interface Store {
  view: VoiceView;
  /** Null until the first join. */
  chat: VoiceChat | null;
}

export const useVoice = create<Store>(() => ({ view: OUT, chat: null }));

let running: { session: RoomSession; end: () => void } | null = null;

/** Call from a press. Rejects with the reason of the server. */
export async function joinVoice(session: RoomSession): Promise<void> {
  useVoice.setState({ view: { ...OUT, status: 'joining' } });
  try {
    const { startVoice } = await import('./startVoice');
    if (running?.session !== session) {
      endVoice();
      const { chat, end } = startVoice(session, (view) => useVoice.setState({ view }));
      running = { session, end };
      useVoice.setState({ chat });
    }
    await useVoice.getState().chat?.join();
  } catch (error) {
    useVoice.setState({ view: OUT });
    throw error;
  }
}

/** The room is left. */
export function endVoice(): void {
  running?.end();
  running = null;
  useVoice.setState({ view: OUT, chat: null });
}
