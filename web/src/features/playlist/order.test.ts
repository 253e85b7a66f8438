import { describe, expect, it } from 'vitest';
import type { ItemJson } from '../../api/gen/syncwatch/room/v1/playlist_pb';
import { folderTargetOf, moved, rowsOf, targetOf } from './order';

const item = (id: string, rank: string, folderId = ''): ItemJson => ({ id, rank, folderId, title: id });
const items = [item('a', 'b'), item('c1', 'b', 'f'), item('c2', 'c', 'f'), item('z', 'x')];
const folders = [{ id: 'f', title: 'Season 1', rank: 'm' }];
const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);

describe('the rows of a playlist', () => {
  it('shows the items of a folder after it', () => {
    expect(ids(rowsOf(items, folders))).toEqual(['a', 'f', 'c1', 'c2', 'z']);
  });

  it('keeps an empty folder where its rank says', () => {
    expect(ids(rowsOf([item('a', 'b'), item('z', 'x')], folders))).toEqual(['a', 'f', 'z']);
  });

  it('keeps the order of the server without folders', () => {
    expect(ids(rowsOf([item('z', ''), item('a', '')], []))).toEqual(['z', 'a']);
  });
});

describe('a row that is moved', () => {
  const rows = rowsOf(items, folders);
  const place = (id: string, to: number) => targetOf(moved(rows, id, to), id);

  it('stands between two items of the top level', () => {
    expect(targetOf(moved(rowsOf([item('a', 'a'), item('b', 'b'), item('c', 'c')], []), 'a', 1), 'a')).toEqual({
      afterItemId: 'b',
      beforeItemId: 'c',
      folderId: '',
    });
  });

  it('becomes the first', () => {
    expect(place('z', 0)).toEqual({ afterItemId: '', beforeItemId: 'a', folderId: '' });
  });

  it('becomes the first of a folder when it stands right below it', () => {
    expect(place('z', 2)).toEqual({ afterItemId: '', beforeItemId: '', folderId: 'f' });
  });

  it('joins the folder of the item above it', () => {
    expect(place('a', 2)).toEqual({ afterItemId: 'c1', beforeItemId: 'c2', folderId: '' });
    // After the last item of the folder: what follows is not in it.
    expect(place('a', 3)).toEqual({ afterItemId: 'c2', beforeItemId: '', folderId: '' });
  });

  it('takes the items of a folder along', () => {
    expect(ids(moved(rows, 'f', 0))).toEqual(['f', 'c1', 'c2', 'a', 'z']);
    expect(folderTargetOf(moved(rows, 'f', 0), 'f')).toBe('');
    expect(folderTargetOf(moved(rows, 'f', 2), 'f')).toBe('z');
  });

  it('stays where it is when it is unknown', () => {
    expect(ids(moved(rows, 'gone', 0))).toEqual(ids(rows));
  });
});
