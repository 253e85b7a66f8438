// What this browser stores of an upload so that it can go on after a reload.

/** A file as people know it. Two files with equal values may still have different bytes. */
export interface FileIdentity {
  name: string;
  size: number;
  lastModified: number;
}

/** Hashes of what the server has acknowledged: of its first and its last MiB. */
export interface Checkpoint {
  /** Acknowledged bytes of the first part. */
  at: number;
  first: string;
  last: string;
}

/** A range of the file that has an upload URL of its own. Most files have one part. */
export interface Part {
  url: string;
  start: number;
  /** Behind the last byte. */
  end: number;
  /** Bytes that the server has acknowledged. */
  sent: number;
}

export interface Entry {
  /** Person, target and file: `keyOf`. */
  key: string;
  /** Id of the person who sends it. */
  personId: string;
  /** Id of the room whose playlist it is for; empty: the library alone. */
  roomId: string;
  file: FileIdentity;
  /** Media type that is declared to the server. */
  contentType: string;
  /** Reads the file again without a question, where the browser gives one. */
  handle: FileSystemFileHandle | null;
  /** Id of the server; empty until the upload is created. */
  uploadId: string;
  /** Id of its playlist item; empty: none. */
  itemId: string;
  /** The playlist has it, or refused it. */
  listed: boolean;
  /** In the order in which they are sent. Empty until the upload is created. */
  parts: Part[];
  checkpoint: Checkpoint | null;
  /** The person pressed Pause. */
  paused: boolean;
  createdMs: number;
}

/** Case M2: the same file for another room, or sent by another person, is another upload. */
export function keyOf(personId: string, roomId: string, { name, size, lastModified }: FileIdentity): string {
  return JSON.stringify([personId, roomId, name, size, lastModified]);
}

export function identityOf({ name, size, lastModified }: File): FileIdentity {
  return { name, size, lastModified };
}

/** Acknowledged bytes of all parts. */
export function sentOf(entry: Entry): number {
  return entry.parts.reduce((sum, part) => sum + part.sent, 0);
}

/** The part at the start of the file. */
export function headOf(entry: Entry): Part | undefined {
  return entry.parts.find(({ start }) => start === 0);
}

/** Takes the server's count, which is from the start of the file. Returns whether it is news. */
export function countSent(entry: Entry, bytes: number): boolean {
  const head = headOf(entry);
  if (!head || bytes <= head.sent) return false;
  head.sent = Math.min(bytes, head.end);
  return true;
}

const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
};

/** The media type of a file. Browsers do not know the type of every film, so its ending counts too. */
export function contentTypeOf({ name, type }: Pick<File, 'name' | 'type'>): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return type || TYPES[ending] || 'application/octet-stream';
}
