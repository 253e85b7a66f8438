import type { Named } from '../../../room/chat/mentions';
import { useRoomSession } from '../../../room/hooks';
import { notify } from '../../../ui/toasts';
import { useChatSettings } from '../chatSettings';
import type { CommandTargets } from '../commands';
import { useNamed } from './useCompletion';

interface Views {
  onSearch: (words: string) => void;
  onPins: () => void;
  onClear: (person: Named) => void;
  onHelp: () => void;
}

/** What the `/` commands reach in this room. */
export function useCommandTargets({ onSearch, onPins, onClear, onHelp }: Views): CommandTargets {
  const { chat, chatActions, commands } = useRoomSession();
  const named = useNamed();
  const toggle = useChatSettings((settings) => settings.toggle);
  return {
    say: (text, isAction) => chat.send({ text, isAction, people: named }),
    play: () => void commands.play(),
    pause: () => void commands.pause(),
    next: () => void commands.next(),
    seek: (ms) => void commands.seek(ms),
    seekBy: (ms) => void commands.seekBy(ms),
    addLink: (url) => void chatActions.addToQueue(url),
    search: onSearch,
    pins: onPins,
    mute: (person, seconds) => {
      void chatActions.mute(person.id, seconds).then((done) => {
        if (done)
          notify(seconds ? `${person.name} can’t write for ${minutes(seconds)}.` : `${person.name} can write again.`);
      });
    },
    clear: onClear,
    slowMode: (seconds) => {
      void chatActions.setSlowMode(seconds).then((done) => {
        if (done) notify(seconds ? `Slow mode is on: one message in ${seconds} seconds.` : 'Slow mode is off.');
      });
    },
    toggleDanmaku: () => {
      toggle('isDanmaku');
      notify(
        useChatSettings.getState().isDanmaku ? 'Messages fly over the film.' : 'Messages no longer fly over the film.',
      );
    },
    help: onHelp,
    person: (name) => {
      const sought = name.replace(/^@/u, '').toLowerCase();
      return named.find((person) => person.name.toLowerCase() === sought);
    },
  };
}

function minutes(seconds: number): string {
  const count = Math.round(seconds / 60);
  return count === 1 ? '1 minute' : `${count} minutes`;
}
