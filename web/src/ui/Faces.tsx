import { Avatar } from './Avatar';

interface Props {
  people: readonly { id: string; name: string; talking?: boolean }[];
  /** The rest is counted. */
  max?: number;
  size?: number;
}

/** Overlapping avatars: who is there. */
export function Faces({ people, max = 3, size = 32 }: Props) {
  const shown = people.slice(0, people.length > max + 1 ? max : max + 1);
  const more = people.length - shown.length;
  const names = people.slice(0, 8).map((person) => person.name);
  const label = `${people.length === 1 ? 'One person' : `${people.length} people`} here: ${names.join(', ')}${people.length > names.length ? ' and more' : ''}`;
  return (
    <span role="img" aria-label={label} title={label} className="flex">
      {shown.map((person) => (
        <span key={person.id} className="rounded-full ring-2 ring-black/55 not-first:-ml-2">
          <Avatar id={person.id} name={person.name} size={size} talking={person.talking ?? false} />
        </span>
      ))}
      {more > 0 && (
        <span
          className="-ml-2 inline-grid place-items-center rounded-full bg-white/18 text-label font-bold tabular-nums ring-2 ring-black/55"
          style={{ width: size, height: size }}
        >
          +{more}
        </span>
      )}
    </span>
  );
}
