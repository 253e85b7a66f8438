// What the room says by itself, in words.
import { clockTime } from '../format';
import type { Named } from './mentions';
import type { Message, SystemFact } from './message';

const MAX_NAMES = 3;

/** `nameOf` gives the present name of a person, or nothing when they are not there. */
export function systemWords(messages: readonly Message[], nameOf: (id: string) => string): string {
  const sentences = messages.flatMap(({ system }) => (system ? sentence(system, nameOf) : []));
  return [...new Set(sentences)].filter(Boolean).join(' · ');
}

function sentence(fact: SystemFact, nameOf: (id: string) => string): string {
  const who = names(fact, nameOf);
  const title = fact.itemTitle || 'a video';
  switch (fact.kind) {
    case 'joined':
      return who ? `${who} joined` : '';
    case 'left':
      return who ? `${who} left` : '';
    case 'played':
      return who ? `${who} pressed play` : 'The film goes on';
    case 'paused':
      return who ? `${who} paused` : 'The film is paused';
    case 'jumped':
      return who ? `${who} jumped to ${clockTime(fact.positionMs)}` : `Jumped to ${clockTime(fact.positionMs)}`;
    case 'owner':
      return who === 'You' ? 'You are now the host' : `${who || 'Someone else'} is now the host`;
    case 'added':
      return `${who || 'Someone'} added ${fact.count > 1 ? `${fact.count} videos` : title}`;
    case 'taken':
      return `${who || 'Someone'} removed ${fact.count > 1 ? `${fact.count} videos` : title}`;
    case 'started':
      return who ? `${who} started ${title}` : `Now playing ${title}`;
    default:
      return '';
  }
}

function names({ people, peopleCount }: SystemFact, nameOf: (id: string) => string): string {
  const found = [...new Set(people.map((person: Named) => nameOf(person.id) || person.name).filter(Boolean))];
  const all = found.map((name, place) => (place > 0 && name === 'You' ? 'you' : name));
  const shown = all.slice(0, MAX_NAMES);
  const more = Math.max(peopleCount, all.length) - shown.length;
  if (more > 0 && shown.length) return `${shown.join(', ')} and ${more} more`;
  const last = shown.pop() ?? '';
  return shown.length ? `${shown.join(', ')} and ${last}` : last;
}
