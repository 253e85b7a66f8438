// Makes a picture small enough for an emote, in this browser.

const SIZE_PX = 96;
/** What the server takes, in bytes. */
const MAX_BYTES = 32 * 1024;

/** The bytes of a picture as base64: as they are where they are small enough, else drawn anew in 96 x 96. */
export async function emoteImage(file: File): Promise<string> {
  if (file.size <= MAX_BYTES) return base64(new Uint8Array(await file.arrayBuffer()));
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIZE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', 0.9));
  if (!small) throw new Error('the browser could not draw the picture');
  return base64(new Uint8Array(await small.arrayBuffer()));
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
