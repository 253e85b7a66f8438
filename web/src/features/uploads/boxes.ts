// Where the index of an mp4 or mov is (ISO/IEC 14496-12, 4.2: a file is a sequence of boxes).

const HEADER_BYTES = 16;
/** Real files have a dozen boxes at the top level; fragmented ones have many, and their index is in front. */
const MAX_BOXES = 64;

/**
 * Where the index at the end of a file begins. Null: the index is in front, there is none, or this is no such file. Without
 * its index nothing of a film can be played, so this end is sent first.
 */
export async function indexAtEnd(file: Blob): Promise<number | null> {
  let at = 0;
  let sawMedia = false;
  for (let count = 0; count < MAX_BOXES && at + 8 <= file.size; count += 1) {
    const box = boxFrom(await file.slice(at, at + HEADER_BYTES).arrayBuffer(), file.size - at);
    if (!box) return null;
    if (box.type === 'moov') return sawMedia ? at : null;
    if (box.type === 'moof') return null;
    if (box.type === 'mdat') sawMedia = true;
    at += box.size;
  }
  return null;
}

function boxFrom(header: ArrayBuffer, left: number): { type: string; size: number } | null {
  if (header.byteLength < 8) return null;
  const view = new DataView(header);
  const type = String.fromCharCode(view.getUint8(4), view.getUint8(5), view.getUint8(6), view.getUint8(7));
  if (!/^[\w ©-]{4}$/.test(type)) return null;
  const short = view.getUint32(0);
  // 0: to the end of the file. 1: the size is 64 bits long and stands behind the type.
  const size = short === 0 ? left : short === 1 && header.byteLength >= 16 ? Number(view.getBigUint64(8)) : short;
  return size >= 8 && size <= left ? { type, size } : null;
}
