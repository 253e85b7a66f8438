// Styled subtitles of single characters, and the glyphs that a page draws for them.

/** Of the script: rows of 36 points, two cells in each. */
const [WIDTH, HEIGHT, ROW] = [640, 360, 36];

/**
 * Subtitles (ASS) from 2 to 6 s with ten rows at most, two characters in each. `font`: Arial, which no film here has, unless given.
 * `size`: of the line, in points; fonts with tall lines draw small glyphs.
 * @param {{ pair: string, font?: string, size?: number }[]} rows
 */
export function glyphPairs(rows) {
  const lines = rows.flatMap(({ pair, font = 'Arial', size = 28 }, row) =>
    [...pair].map((glyph, column) => {
      const at = `\\pos(${(WIDTH / 4) * (1 + 2 * column)},${ROW * (row + 0.5)})`;
      return `Dialogue: 0,0:00:02.00,0:00:06.00,Default,{\\an5${at}\\fn${font}\\fs${size}}${glyph}`;
    }),
  );
  return `[Script Info]
ScriptType: v4.00+
PlayResX: ${WIDTH}
PlayResY: ${HEIGHT}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,28,&H0000FFFF

[Events]
Format: Layer, Start, End, Style, Text
${lines.join('\n')}
`;
}

/**
 * The two glyphs of each row, a letter for each point: `#` is ink.
 * @param {import('playwright-core').Page} page @param {number} rows @returns {Promise<[string, string][]>}
 */
export function drawnGlyphs(page, rows) {
  return page.evaluate(
    ([count, width, height, row]) => {
      const canvas = document.querySelector('[data-testid=drawn-subtitles] canvas');
      if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no subtitles are drawn');
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [width, height];
      const context = copy.getContext('2d');
      context?.drawImage(canvas, 0, 0, width, height);
      /** @param {number} column @param {number} index */
      const cell = (column, index) => {
        const points = context?.getImageData((column * width) / 2, index * row, width / 2, row).data ?? [];
        return Array.from({ length: points.length / 4 }, (_, point) =>
          (points[point * 4 + 3] ?? 0) > 127 ? '#' : '.',
        );
      };
      return Array.from({ length: count }, (_, index) => [cell(0, index).join(''), cell(1, index).join('')]);
    },
    /** @type {const} */ ([rows, WIDTH, HEIGHT, ROW]),
  );
}

/**
 * The points that differ, in proportion to the ink of both; 0 for one glyph twice, such as the box of a missing one.
 * @param {string} one @param {string} other
 */
export function difference(one, other) {
  const ink = [...one, ...other].filter((point) => point === '#').length;
  if (ink < 20) throw new Error('no glyph is drawn');
  return [...one].filter((point, index) => point !== other[index]).length / ink;
}
