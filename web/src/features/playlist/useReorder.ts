// Moves rows of a list, with a pointer or with keys: Space or Enter lifts a row, the arrows move it, Space or Enter drops
// it, Escape puts it back.
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useEffectEvent, useState } from 'react';
import { moved, type Row } from './order';

interface Lift {
  id: string;
  to: number;
  by: 'pointer' | 'keys';
}

interface Options {
  rows: readonly Row[];
  /** Each row has `data-row` with its id. */
  list: RefObject<HTMLElement | null>;
  /** The row was dropped at a new place. Resolves once the server has it, rejects when it refused. */
  onDrop: (rows: readonly Row[], id: string) => Promise<void>;
}

export interface Reorder {
  /** The rows as they are shown now. */
  shown: readonly Row[];
  liftedId: string | null;
  /** What screen readers are told. */
  said: string;
  /** For the grip of a row. */
  grip: (row: Row) => {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    onBlur: () => void;
  };
  /** Moves a row by one place, or to the top. */
  move: (id: string, step: -1 | 1 | 'top') => void;
}

/** Scrolls when the pointer is this near to an end of the list. */
const EDGE_PX = 36;
const SCROLL_PX = 12;

export function useReorder({ rows, list, onDrop }: Options): Reorder {
  const [lift, setLift] = useState<Lift | null>(null);
  /** The order of the last drop, until the server's list arrives. */
  const [pending, setPending] = useState<readonly Row[] | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => setPending(null), [rows]);

  const base = pending ?? rows;
  const shown = lift ? moved(base, lift.id, lift.to) : base;
  const place = (id: string) => base.findIndex((row) => row.id === id);
  const size = (id: string) => {
    const row = base.find((one) => one.id === id);
    return row?.kind === 'folder' ? row.count + 1 : 1;
  };
  const last = (id: string) => base.length - size(id);
  const words = (id: string, to: number) => `${titleOf(base, id)}: place ${to + 1} of ${last(id) + 1}`;

  const drop = (id: string, to: number) => {
    setLift(null);
    if (to === place(id)) return;
    const next = moved(base, id, to);
    setPending(next);
    setSaid(`Dropped. ${words(id, to)}.`);
    onDrop(next, id).catch(() => setPending(null));
  };
  const cancel = () => {
    if (lift) setSaid(`${titleOf(base, lift.id)} is back at its place.`);
    setLift(null);
  };

  // The row moves in the document while it is dragged, which would end a capture of the pointer: the window listens.
  const drag = useEffectEvent((event: globalThis.PointerEvent) => {
    if (!lift || !list.current) return;
    if (event.type === 'pointerup') drop(lift.id, lift.to);
    else if (event.type === 'pointercancel') cancel();
    else {
      scrollAtEdges(list.current, event.clientY);
      const to = placeAt(list.current, event.clientY, base, lift.id, size(lift.id));
      if (to !== lift.to) setLift({ ...lift, to });
    }
  });
  const dragging = lift?.by === 'pointer';
  useEffect(() => {
    if (!dragging) return;
    const types = ['pointermove', 'pointerup', 'pointercancel'] as const;
    const listener = (event: globalThis.PointerEvent) => drag(event);
    for (const type of types) window.addEventListener(type, listener);
    return () => {
      for (const type of types) window.removeEventListener(type, listener);
    };
  }, [dragging]);

  const grip = (row: Row) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      setLift({ id: row.id, to: place(row.id), by: 'pointer' });
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const held = lift?.by === 'keys' && lift.id === row.id ? lift : null;
      const to = held ? nextPlace(event.key, held.to, last(row.id)) : null;
      const presses = event.key === ' ' || event.key === 'Enter';
      if (!presses && to === null && !(held && event.key === 'Escape')) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === 'Escape') cancel();
      else if (to !== null && held) {
        setLift({ ...held, to });
        setSaid(words(row.id, to));
      } else if (held) drop(held.id, held.to);
      else if (!event.repeat) {
        setLift({ id: row.id, to: place(row.id), by: 'keys' });
        setSaid(`Lifted. ${words(row.id, place(row.id))}. Arrows move it, Space drops it, Escape puts it back.`);
      }
    },
    // A move within the list takes the focus along; leaving the grip puts the row back.
    onBlur: () => {
      if (lift?.by === 'keys' && document.activeElement !== document.body) cancel();
    },
  });

  return {
    shown,
    liftedId: lift?.id ?? null,
    said,
    grip,
    move: (id, step) => drop(id, step === 'top' ? 0 : Math.max(0, Math.min(place(id) + step, last(id)))),
  };
}

function titleOf(rows: readonly Row[], id: string): string {
  const row = rows.find((one) => one.id === id);
  return (row?.kind === 'folder' ? row.folder.title : row?.item.title) ?? '';
}

export function nextPlace(key: string, at: number, last: number): number | null {
  const places: Readonly<Record<string, number>> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: last };
  const to = places[key];
  return to === undefined ? null : Math.max(0, Math.min(to, last));
}

function scrollAtEdges(list: HTMLElement, y: number): void {
  const { top, bottom } = list.getBoundingClientRect();
  if (y < top + EDGE_PX) list.scrollTop -= SCROLL_PX;
  else if (y > bottom - EDGE_PX) list.scrollTop += SCROLL_PX;
}

/** The place of the pointer among the rows that stay. */
function placeAt(list: HTMLElement, y: number, rows: readonly Row[], id: string, size: number): number {
  const from = rows.findIndex((row) => row.id === id);
  const taken = new Set(rows.slice(from, from + size).map((row) => row.id));
  const others = rows.filter((row) => !taken.has(row.id));
  const middles = others.map((row) => {
    const box = list.querySelector(`[data-row="${CSS.escape(row.id)}"]`)?.getBoundingClientRect();
    return box ? box.top + box.height / 2 : Infinity;
  });
  return middles.filter((middle) => middle < y).length;
}
