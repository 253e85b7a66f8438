// A QR code as one path of an SVG.
import { encode } from 'uqr';

export interface QrPath {
  /** Width and height in modules, with the quiet zone. */
  size: number;
  /** The path of all dark modules, one rectangle for each run in a row. */
  d: string;
}

/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const QUIET = 4;

export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET });
  const runs: string[] = [];
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x += 1;
      runs.push(`M${start} ${y}h${x + 1 - start}v1h${start - x - 1}z`);
    }
  });
  return { size, d: runs.join('') };
}
