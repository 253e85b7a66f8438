// Files that people choose or drop, with a handle where the browser gives one: it reads the file again after a reload.

export interface ChosenFile {
  file: File;
  handle: FileSystemFileHandle | null;
}

/** File System Access (WICG), which the types of the DOM do not have. Chromium alone has it. */
interface Asking {
  queryPermission?(how: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(how: { mode: 'read' }): Promise<PermissionState>;
}

interface Picking {
  showOpenFilePicker?(options: object): Promise<FileSystemFileHandle[]>;
}

interface Dropping {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

export const ACCEPTED = 'video/*,.mkv,.mov,.mp4,.m4v,.webm';
const MAX_FILES = 50;

/** Opens the browser's own picker that gives handles. Null: there is none, and an `<input>` has to do. */
export async function pickWithHandles(): Promise<ChosenFile[] | null> {
  const { showOpenFilePicker } = window as Picking;
  if (!showOpenFilePicker) return null;
  try {
    const handles = await showOpenFilePicker.call(window, {
      multiple: true,
      types: [{ description: 'Films', accept: { 'video/*': ['.mp4', '.m4v', '.mov', '.webm', '.mkv'] } }],
    });
    const chosen = handles.slice(0, MAX_FILES).map(async (handle) => ({ file: await handle.getFile(), handle }));
    return await Promise.all(chosen);
  } catch (error) {
    // The person closed the picker. Anything else, such as a policy of the browser: the `<input>` does.
    return error instanceof DOMException && error.name === 'AbortError' ? [] : null;
  }
}

export function filesOf(list: FileList | null): ChosenFile[] {
  return [...(list ?? [])].slice(0, MAX_FILES).map((file) => ({ file, handle: null }));
}

export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** Call within the event of the drop: its files are gone after it. */
export function droppedFiles(transfer: DataTransfer): Promise<ChosenFile[]> {
  const dropped = [...transfer.items].filter(({ kind }) => kind === 'file').slice(0, MAX_FILES);
  const found = dropped.map(async (item) => {
    const file = item.getAsFile();
    const handle = await ((item as Dropping).getAsFileSystemHandle?.() ?? null)?.catch(() => null);
    // A folder has no bytes.
    if (!file || handle?.kind === 'directory') return null;
    return { file, handle: (handle as FileSystemFileHandle | null | undefined) ?? null };
  });
  return Promise.all(found).then((files) => files.filter((one) => one !== null));
}

/** Reads a file again without a question; null: the browser wants to ask first, or has lost it. */
export async function reopen(handle: FileSystemFileHandle): Promise<File | null> {
  try {
    if ((await (handle as Asking).queryPermission?.({ mode: 'read' })) === 'prompt') return null;
    return await handle.getFile();
  } catch {
    return null;
  }
}

/** Call from a tap. Returns whether the file may be read again. */
export async function askAgain(handle: FileSystemFileHandle): Promise<boolean> {
  try {
    return (await (handle as Asking).requestPermission?.({ mode: 'read' })) === 'granted';
  } catch {
    return false;
  }
}
