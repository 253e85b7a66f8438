// Images of emotes, as addresses that an <img> takes. Each is read once, by its digest, whoever shows it.
import { call } from '../../api/call';
import { ModerationService } from '../../api/gen/services';

const MAX_IMAGES = 200;
const TYPES = new Set(['image/png', 'image/gif', 'image/webp']);

export class EmoteImages {
  private readonly images = new Map<string, Promise<string>>();

  constructor(
    private readonly roomId: string,
    private readonly read = readEmote,
  ) {}

  /** Resolves to an empty text when the emote is gone, or is no image. */
  of(name: string, digest: string): Promise<string> {
    const known = this.images.get(digest);
    if (known) return known;
    const image = this.read(this.roomId, name).catch(() => {
      this.images.delete(digest);
      return '';
    });
    this.images.set(digest, image);
    for (const oldest of this.images.keys()) {
      if (this.images.size <= MAX_IMAGES) break;
      this.images.delete(oldest);
    }
    return image;
  }
}

async function readEmote(room: string, name: string): Promise<string> {
  const { emote, image = '' } = await call(ModerationService.getEmote, { room, name });
  const type = emote?.contentType ?? '';
  return TYPES.has(type) && image ? `data:${type};base64,${image}` : '';
}
