// The key that is held to talk. A release always closes the microphone, wherever the focus is by then; so does everything after
// which no release would come (case W22).
import type { VoiceChat } from './engine/voiceChat';
import { useVoiceSettings } from './voiceSettings';

/** Returns a function that stops watching. */
export function watchTalkKey(chat: VoiceChat): () => void {
  const down = (event: KeyboardEvent) => {
    const { mode, pttKey } = useVoiceSettings.getState();
    if (mode !== 'push_to_talk' || event.code !== pttKey || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (chat.view.status !== 'in') return;
    event.preventDefault();
    event.stopPropagation();
    chat.press();
  };
  const up = (event: KeyboardEvent) => {
    if (event.code === useVoiceSettings.getState().pttKey) chat.release();
  };
  const letGo = () => chat.letGo();
  const hidden = () => {
    if (document.hidden) chat.letGo();
  };
  // Before the shortcuts of the page: the chosen key may be one of theirs.
  document.addEventListener('keydown', down, { capture: true });
  document.addEventListener('keyup', up, { capture: true });
  document.addEventListener('visibilitychange', hidden);
  window.addEventListener('blur', letGo);
  window.addEventListener('pagehide', letGo);
  return () => {
    document.removeEventListener('keydown', down, { capture: true });
    document.removeEventListener('keyup', up, { capture: true });
    document.removeEventListener('visibilitychange', hidden);
    window.removeEventListener('blur', letGo);
    window.removeEventListener('pagehide', letGo);
  };
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, dialog') !== null)
  );
}

/** The name of a key as people read it: `V`, `Space`. */
export function keyName(code: string): string {
  return code.replace(/^Key|^Digit/, '') || code;
}
