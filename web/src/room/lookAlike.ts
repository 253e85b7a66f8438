// Names that people can take for one another (case R5). A skeleton in the sense of UTS #39, section 4, for the letters that
// are used for it: Cyrillic and Greek letters and digits that look like Latin ones.

/** Pairs of a letter and the Latin one that it looks like. */
const PAIRS =
  'аa вb сc ԁd еe ёe һh іl їl јj кk ӏl мm нh оo рp ԛq ѕs тt уy хx ԝw з3 б6 αa βb εe ηn ιl κk νv οo ρp τt υu χx γy ωw 0o 1l il ıl øo đd łl';

const CONFUSABLES: ReadonlyMap<string, string> = new Map(
  PAIRS.split(' ').map((pair) => {
    const [letter = '', latin = ''] = Array.from(pair);
    return [letter, latin] as const;
  }),
);

/** Equal for names that look alike. */
export function skeleton(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F\p{Cf}\p{Z}\p{P}\p{Co}]/gu, '')
    .toLowerCase();
  return Array.from(plain, (letter) => CONFUSABLES.get(letter) ?? letter)
    .join('')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/** The people whose name somebody else has, too, or one that looks like it. */
export function lookAlikes(people: readonly { id: string; name: string }[]): ReadonlySet<string> {
  const bySkeleton = new Map<string, string[]>();
  for (const { id, name } of people) {
    const key = skeleton(name) || name;
    const known = bySkeleton.get(key);
    if (known) known.push(id);
    else bySkeleton.set(key, [id]);
  }
  return new Set([...bySkeleton.values()].filter((ids) => ids.length > 1).flat());
}
