// Which characters the styled subtitles (ASS) draw, and with which fonts.

/**
 * What the default font, Liberation Sans, cannot draw: it has Latin, Greek, Cyrillic and Hebrew, and some symbols. Controls and
 * marks that are never drawn count as drawn.
 */
const LACKING = new RegExp(
  `[^\\0-\\u0513\\u051a-\\u051d\\u0591-\\u05f4\\u1d00-\\u2010\\u2012-\\u2022\\u2026-\\u2030\\u2032-\\u2034\\u2039\\u203a\\u203c\\u203e\
\\u2044\\u205e\\u2060-\\u208e\\u2090-\\u20b5\\u20bf\\u2105\\u2113\\u2116\\u2117\\u2122\\u2126\\u212e\\u2153\\u2154\\u215b-\\u215e\
\\u2190-\\u2195\\u2202\\u2206\\u220f\\u2211\\u2212\\u2215\\u2219\\u221a\\u221e\\u221f\\u2229\\u222b\\u2248\\u2260-\\u2262\\u2264\\u2265\
\\u2500\\u2502\\u2550-\\u256c\\u2588\\u2591-\\u2593\\u25a0\\u25a1\\u25aa-\\u25ac\\u25b2\\u25ba\\u25bc\\u25c4\\u25ca-\\u25cc\\u25cf\
\\u25e6\\u263a-\\u263c\\u2640\\u2642\\u2660\\u2663\\u2665\\u2666\\u2669-\\u266c\\u266f\\ufb01\\ufb02\\ufb1d-\\ufb4f\\p{Variation_Selector}\\p{Cf}]`,
  'gu',
);

/** The characters that the default font lacks, by the font that is asked for, in lower case. */
export function lackingByFont(ass: string): Map<string, Set<number>> {
  const lacking = new Map<string, Set<number>>();
  const fonts = new Map<string, string>();
  let columns: string[] = [];
  for (const line of ass.split(/\r\n|\r|\n/)) {
    const [, kind = '', content = ''] = /^(Format|Style|Dialogue):\s*(.*)/.exec(line) ?? [];
    if (kind === 'Format') columns = content.split(',').map((column) => column.trim().toLowerCase());
    const fields = fieldsOf(content, columns);
    if (kind === 'Style') fonts.set(styleKey(fields.get('name')), fontKey(fields.get('fontname')));
    if (kind === 'Dialogue') addLine(lacking, fonts, styleKey(fields.get('style')), fields.get('text') ?? '');
  }
  return lacking;
}

/** The last column, the text, may have commas of its own. */
function fieldsOf(content: string, columns: readonly string[]): Map<string, string> {
  const fields = content.split(',');
  const last = columns.length - 1;
  return new Map(
    columns.map((column, index) => [column, index < last ? (fields[index] ?? '') : fields.slice(last).join(',')]),
  );
}

function addLine(lacking: Map<string, Set<number>>, fonts: ReadonlyMap<string, string>, style: string, text: string) {
  const fontOf = (name: string) => fonts.get(name) ?? fonts.get('default') ?? '';
  let base = fontOf(style);
  let font = base;
  for (const [part] of text.matchAll(/\{[^}]*\}|[^{]+|\{/g)) {
    if (part.startsWith('{')) {
      for (const [, tag, value = ''] of part.matchAll(/\\(fn|r)([^\\})]*)/g)) {
        // `\r` returns to the style of the line or takes another one; `\fn` without a name returns to the font of the style.
        if (tag === 'r') base = fontOf(value.trim() === '' ? style : styleKey(value));
        font = tag === 'fn' ? fontKey(value) || base : base;
      }
      continue;
    }
    for (const [character] of part.matchAll(LACKING)) {
      const known = lacking.get(font) ?? new Set();
      lacking.set(font, known.add(character.codePointAt(0) ?? 0));
    }
  }
}

function styleKey(name = ''): string {
  return name.trim().replace(/^\*+/, '').toLowerCase();
}

/** `@`: the same font, for vertical text. */
function fontKey(name = ''): string {
  return name.trim().replace(/^@/, '').toLowerCase();
}
