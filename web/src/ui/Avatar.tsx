import { cx } from './classes';

/** Soft colours that dark letters stand on; neighbours in the list are far apart. */
const COLOURS = ['#e8a06a', '#8fb7ff', '#c79bf2', '#7fd6b8', '#f2a6b8', '#e6d27a', '#86d3e8', '#b5d67f'];

/** FNV-1a: ids that differ only in their last letters get different colours. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The colour of a person, by their id. */
export function colorOf(id: string): string {
  return COLOURS[fnv1a(id) % COLOURS.length] ?? '#8fb7ff';
}

function initialOf(name: string): string {
  return (Array.from(name.trim())[0] ?? '?').toUpperCase();
}

interface Props {
  id: string;
  name: string;
  size?: number;
  /** A ring: this person is talking. */
  talking?: boolean;
  picture?: string;
}

/** The first letter of a name on the person's colour, or their picture. */
export function Avatar({ id, name, size = 32, talking = false, picture = '' }: Props) {
  const color = colorOf(id || name);
  return (
    <span
      aria-hidden
      className={cx(
        'inline-grid shrink-0 place-items-center overflow-hidden rounded-full leading-none font-bold text-[#140c1e]/88',
        talking && 'shadow-[0_0_0_2px_rgb(16_14_24/70%),0_0_0_4px_var(--good)]',
      )}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.41,
        background: `linear-gradient(150deg, color-mix(in oklab, ${color} 86%, white), color-mix(in oklab, ${color} 78%, black))`,
      }}
    >
      {picture ? <img src={picture} alt="" className="size-full object-cover" /> : initialOf(name)}
    </span>
  );
}
