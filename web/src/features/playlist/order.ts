// The playlist as one list of rows, and where a row that was moved shall stand.
import type { FolderJson } from '../../api/gen/syncwatch/room/v1/folder_pb';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';

export type Row =
  | { kind: 'item'; id: string; item: ItemJson; folderId: string }
  | { kind: 'folder'; id: string; folder: FolderJson; count: number };

/** Where an item shall stand, as MoveItem asks for it. */
export interface Target {
  afterItemId: string;
  beforeItemId: string;
  folderId: string;
}

function byRank(a: { rank?: string }, b: { rank?: string }): number {
  const [first, second] = [a.rank ?? '', b.rank ?? ''];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The rows in the order of the playlist; the items of a folder follow it. */
export function rowsOf(items: readonly ItemJson[], folders: readonly FolderJson[]): Row[] {
  const itemRow = (item: ItemJson): Row => ({ kind: 'item', id: item.id ?? '', item, folderId: item.folderId ?? '' });
  if (folders.length === 0) return items.map(itemRow);
  const inside = (id: string) => items.filter((item) => (item.folderId ?? '') === id);
  const top = [
    ...inside('').map((item) => ({ rank: item.rank ?? '', rows: [itemRow(item)] })),
    ...folders.map((folder) => {
      const own = inside(folder.id ?? '').toSorted(byRank);
      const head: Row = { kind: 'folder', id: folder.id ?? '', folder, count: own.length };
      return { rank: folder.rank ?? '', rows: [head, ...own.map(itemRow)] };
    }),
  ];
  return top.toSorted(byRank).flatMap(({ rows }) => rows);
}

/** The list with the row `id` at the place `to`. A folder takes its items along. */
export function moved(rows: readonly Row[], id: string, to: number): Row[] {
  const from = rows.findIndex((row) => row.id === id);
  const row = rows[from];
  if (!row) return [...rows];
  const size = 1 + (row.kind === 'folder' ? row.count : 0);
  const taken = rows.slice(from, from + size);
  const others = [...rows.slice(0, from), ...rows.slice(from + size)];
  const at = Math.max(0, Math.min(to, others.length));
  return [...others.slice(0, at), ...taken, ...others.slice(at)];
}

/** What MoveItem has to be told, so that the item stands where it is in these rows. */
export function targetOf(rows: readonly Row[], id: string): Target {
  const at = rows.findIndex((row) => row.id === id);
  const [before, after] = [rows[at - 1], rows[at + 1]];
  if (before?.kind === 'folder') return { afterItemId: '', beforeItemId: '', folderId: before.id };
  const folderId = before?.folderId ?? '';
  // What follows is a neighbour only where it is in the same folder.
  const sameFolder = after && (after.kind === 'folder' ? folderId === '' : after.folderId === folderId);
  return { afterItemId: before?.id ?? '', beforeItemId: sameFolder ? after.id : '', folderId: before ? '' : folderId };
}

/** The item or folder of the top level that a folder shall follow; empty: it becomes the first. */
export function folderTargetOf(rows: readonly Row[], id: string): string {
  const at = rows.findIndex((row) => row.id === id);
  const before = rows[at - 1];
  if (!before) return '';
  return before.kind === 'item' && before.folderId ? before.folderId : before.id;
}
