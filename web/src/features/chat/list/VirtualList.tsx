import {
  type ComponentProps,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from 'react';
import { VirtualWindow } from './virtualWindow';

export interface ListHandle {
  toEnd: () => void;
  /** Shows a row in the middle of the list. Returns false when the list has no such row. */
  toKey: (key: string) => boolean;
  /** Scrolls no further than needed, then focuses the element of the row that has `data-row`. */
  focus: (key: string) => void;
}

interface Props<Row extends { key: string }> extends Omit<ComponentProps<'div'>, 'children' | 'ref' | 'style'> {
  ref: Ref<ListHandle>;
  rows: readonly Row[];
  /** Expected height of a row in px, until it is measured. */
  estimate: (row: Row) => number;
  row: (row: Row) => ReactNode;
  /** The list stays at its end when rows are added there. */
  follow: boolean;
  /** Tells whether the list is at its end. */
  onEnd: (isAtEnd: boolean) => void;
  /** The beginning of the list is in view, and the person scrolled there. */
  onStart: () => void;
}

const NEAR_START_PX = 200;

/** A list of any length with a bounded number of rows in the document. The scroller has no padding above its rows. */
export function VirtualList<Row extends { key: string }>({
  ref,
  rows,
  estimate,
  row,
  follow,
  onEnd,
  onStart,
  ...rest
}: Props<Row>) {
  const [list] = useState(() => new VirtualWindow());
  const [keysOf] = useState(keysMemo);
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const focusKey = useRef('');

  list.follow(follow);
  list.update(keysOf(rows), (index) => {
    const at = rows[index];
    return at ? estimate(at) : 0;
  });
  const { from, to, beforePx, afterPx } = list.rendered;

  const tell = (element: HTMLElement) => {
    onEnd(list.isAtEnd);
    if (list.rendered.from === 0 && !list.isFollowing && element.scrollTop < NEAR_START_PX) onStart();
  };
  const settle = () => {
    const element = scroller.current;
    // A hidden panel has no size.
    if (!element || !body.current || element.clientHeight === 0) return;
    list.resize(element.clientHeight);
    const isChanged = measureRows(body.current, list);
    if (isChanged) list.settle();
    const topPx = list.isFollowing ? element.scrollHeight - element.clientHeight : list.targetPx;
    if (Math.abs(element.scrollTop - topPx) >= 0.5) element.scrollTop = topPx;
    if (list.rendered.from !== from || list.rendered.to !== to) redraw();
    const target = focusKey.current ? rowElement(body.current, focusKey.current) : null;
    if (target) {
      focusKey.current = '';
      target.focus({ preventScroll: true });
    }
    tell(element);
  };
  useLayoutEffect(settle);

  const settleNow = useRef(settle);
  useEffect(() => {
    settleNow.current = settle;
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => settleNow.current());
    if (scroller.current) observer.observe(scroller.current);
    if (body.current) observer.observe(body.current);
    return () => observer.disconnect();
  }, []);

  useImperativeHandle(ref, () => ({
    toEnd: () => {
      list.toEnd();
      redraw();
    },
    toKey: (key) => {
      const isThere = list.toKey(key);
      if (isThere) redraw();
      return isThere;
    },
    focus: (key) => {
      focusKey.current = key;
      list.reveal(key);
      redraw();
    },
  }));

  const scrolled = () => {
    const element = scroller.current;
    if (!element || element.clientHeight === 0) return;
    list.resize(element.clientHeight);
    if (list.scrolled(element.scrollTop)) redraw();
    tell(element);
  };

  return (
    // The list keeps its place by itself: the browser's own anchoring would move it twice.
    <div
      {...rest}
      ref={scroller}
      onScroll={scrolled}
      style={{ overflowAnchor: 'none', display: 'flex', flexDirection: 'column' }}
    >
      {/* A few rows stand at the end, beside the field that they come from. */}
      <div ref={body} style={{ paddingTop: beforePx, paddingBottom: afterPx, marginTop: 'auto', flexShrink: 0 }}>
        {rows.slice(from, to).map((one) => (
          <div key={one.key} data-key={one.key} className="flow-root">
            {row(one)}
          </div>
        ))}
      </div>
    </div>
  );
}

function measureRows(body: HTMLElement, list: VirtualWindow): boolean {
  let isChanged = false;
  for (const child of body.children) {
    const key = child instanceof HTMLElement ? child.dataset['key'] : undefined;
    if (key) isChanged = list.measure(key, child.getBoundingClientRect().height) || isChanged;
  }
  return isChanged;
}

function rowElement(body: HTMLElement, key: string): HTMLElement | null {
  for (const child of body.children)
    if (child instanceof HTMLElement && child.dataset['key'] === key)
      return child.querySelector<HTMLElement>('[data-row]') ?? child;
  return null;
}

/** The keys of the same rows are the same array, so that the window lays out only what changed. */
function keysMemo(): (rows: readonly { key: string }[]) => readonly string[] {
  let known: readonly { key: string }[] = [];
  let keys: readonly string[] = [];
  return (rows) => {
    if (rows !== known) {
      known = rows;
      keys = rows.map(({ key }) => key);
    }
    return keys;
  };
}
