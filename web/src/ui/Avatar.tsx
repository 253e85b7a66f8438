const HUES = [252, 172, 318, 28, 200, 96, 350, 280];

/** FNV-1a: ids that differ only in their last letters get different colours. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Initials on a colour that depends on the person's id. */
export function Avatar({ id, name, size = 32 }: { id: string; name: string; size?: number }) {
  const hue = HUES[fnv1a(id || name) % HUES.length] ?? 252;
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => Array.from(word)[0] ?? '')
    .join('')
    .toUpperCase();
  return (
    <span
      aria-hidden
      className="inline-grid shrink-0 place-items-center rounded-full font-bold text-white shadow-[inset_0_1px_0_rgb(255_255_255/40%)]"
      style={{
        width: size,
        height: size,
        fontSize: size * 0.38,
        background: `linear-gradient(140deg, oklch(62% 0.15 ${hue}), oklch(46% 0.14 ${hue + 40}))`,
      }}
    >
      {initials || '?'}
    </span>
  );
}
