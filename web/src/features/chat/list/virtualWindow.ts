// Which rows of a long list are in the document, and where the list is scrolled to when rows come, go or change their
// height. The row that is being read stays where it is (case W15): positions hang on rows, not on pixels. No DOM.

export interface Rendered {
  from: number;
  /** Exclusive. */
  to: number;
  /** Heights of what is left out above and below, in px. */
  beforePx: number;
  afterPx: number;
}

/** How far beyond the visible part rows are in the document. */
const OVERSCAN_PX = 700;
/** The rendered part is extended when less than this is left beyond the visible part. */
const MARGIN_PX = 250;
/** A key that begins with this is no place to hold on to: the row stands at the beginning whatever comes before it. */
export const LOOSE = '~';
/** As near to the end as this means at the end. */
const END_PX = 24;

export class VirtualWindow {
  private keys: readonly string[] = [];
  private readonly indexOf = new Map<string, number>();
  private readonly heights = new Map<string, number>();
  private tops: number[] = [0];
  private estimate: (index: number) => number = () => 0;
  private viewportPx = 0;
  private topPx = 0;
  /** The first visible row, and its distance from the upper edge. */
  private anchor: { key: string; offsetPx: number } | null = null;
  private follows = true;
  private mayFollow = true;
  private shown: Rendered = { from: 0, to: 0, beforePx: 0, afterPx: 0 };

  /** The last row is in view. */
  get isAtEnd(): boolean {
    return this.follows || this.isNearEnd(this.topPx);
  }

  /** The list stays at its end when rows are added there. */
  get isFollowing(): boolean {
    return this.follows;
  }

  /** Whether the list may stay at its end: not where its end is not the newest row. */
  follow(mayFollow: boolean): void {
    if (mayFollow === this.mayFollow) return;
    this.mayFollow = mayFollow;
    if (mayFollow || !this.follows) return;
    this.follows = false;
    this.anchor = this.anchorAt(this.topPx);
  }

  get rendered(): Rendered {
    return this.shown;
  }

  /** Takes the rows of the list; `estimate` gives the height of a row that was never in the document. */
  update(keys: readonly string[], estimate: (index: number) => number): void {
    this.estimate = estimate;
    if (keys !== this.keys) {
      this.keepAnchor(keys);
      this.keys = keys;
      this.indexOf.clear();
      keys.forEach((key, index) => this.indexOf.set(key, index));
      for (const key of this.heights.keys()) if (!this.indexOf.has(key)) this.heights.delete(key);
    }
    this.layOut();
  }

  /** The size of the visible part. */
  resize(viewportPx: number): void {
    if (viewportPx === this.viewportPx) return;
    this.viewportPx = viewportPx;
    this.layOut();
  }

  /** The height of a row in the document. Returns whether it is another one than before. */
  measure(key: string, heightPx: number): boolean {
    if (this.heights.get(key) === heightPx || !this.indexOf.has(key)) return false;
    this.heights.set(key, heightPx);
    return true;
  }

  /** Call after measuring. Returns whether other rows have to be in the document. */
  settle(): boolean {
    const before = this.shown;
    this.layOut();
    return before.from !== this.shown.from || before.to !== this.shown.to;
  }

  /** The person scrolled. Returns whether other rows have to be in the document. */
  scrolled(topPx: number): boolean {
    this.topPx = topPx;
    this.follows = this.mayFollow && this.isNearEnd(topPx);
    this.anchor = this.anchorAt(topPx);
    if (this.covers()) return false;
    return this.settle();
  }

  /** Where the list has to be scrolled to. */
  get targetPx(): number {
    return this.topPx;
  }

  toEnd(): void {
    this.mayFollow = true;
    this.follows = true;
    this.layOut();
  }

  /** Shows a row in the middle. Returns false when there is no such row. */
  toKey(key: string): boolean {
    const index = this.indexOf.get(key);
    if (index === undefined) return false;
    this.follows = false;
    this.anchor = { key, offsetPx: Math.max(0, (this.viewportPx - this.heightAt(index)) / 2) };
    this.layOut();
    return true;
  }

  /** Scrolls no further than needed to show a whole row. Returns false when there is no such row. */
  reveal(key: string): boolean {
    const index = this.indexOf.get(key);
    if (index === undefined) return false;
    const top = this.topAt(index);
    const bottom = top + this.heightAt(index);
    if (top < this.topPx) this.anchor = { key, offsetPx: 0 };
    else if (bottom > this.topPx + this.viewportPx)
      this.anchor = { key, offsetPx: this.viewportPx - this.heightAt(index) };
    else return true;
    this.follows = false;
    this.layOut();
    return true;
  }

  get totalPx(): number {
    return this.topAt(this.keys.length);
  }

  /** The anchor may be gone from the new rows: then the next one that stays takes its place. */
  private keepAnchor(keys: readonly string[]): void {
    if (!this.anchor || this.follows) return;
    const staying = new Set(keys);
    const at = this.indexOf.get(this.anchor.key) ?? 0;
    if (staying.has(this.anchor.key)) return;
    for (let index = at; index < this.keys.length; index += 1) {
      const key = this.keys[index] ?? '';
      if (!staying.has(key)) continue;
      this.anchor = { key, offsetPx: this.topAt(index) - this.topPx };
      return;
    }
    this.anchor = null;
  }

  private layOut(): void {
    this.tops = [0];
    for (let index = 0; index < this.keys.length; index += 1) this.tops.push(this.topAt(index) + this.heightAt(index));
    const endPx = Math.max(0, this.totalPx - this.viewportPx);
    const anchored = this.anchor ? this.indexOf.get(this.anchor.key) : undefined;
    if (this.follows || anchored === undefined) this.topPx = this.follows ? endPx : Math.min(this.topPx, endPx);
    else this.topPx = Math.max(0, Math.min(this.topAt(anchored) - (this.anchor?.offsetPx ?? 0), endPx));
    const from = this.rowAt(this.topPx - OVERSCAN_PX);
    const to = Math.min(this.keys.length, this.rowAt(this.topPx + this.viewportPx + OVERSCAN_PX) + 1);
    this.shown = { from, to, beforePx: this.topAt(from), afterPx: this.totalPx - this.topAt(to) };
  }

  private isNearEnd(topPx: number): boolean {
    return topPx >= this.totalPx - this.viewportPx - END_PX;
  }

  private covers(): boolean {
    const { from, to } = this.shown;
    const isAbove = from === 0 || this.topAt(from) <= this.topPx - MARGIN_PX;
    const isBelow = to === this.keys.length || this.topAt(to) >= this.topPx + this.viewportPx + MARGIN_PX;
    return isAbove && isBelow;
  }

  private anchorAt(topPx: number): { key: string; offsetPx: number } | null {
    let index = this.rowAt(topPx);
    if (this.keys[index]?.startsWith(LOOSE)) index += 1;
    const key = this.keys[index];
    return key === undefined ? null : { key, offsetPx: this.topAt(index) - topPx };
  }

  /** The row at a place; the first or the last one beyond the ends. */
  private rowAt(px: number): number {
    let low = 0;
    let high = Math.max(0, this.keys.length - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.topAt(middle) <= px) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private topAt(index: number): number {
    return this.tops[index] ?? this.tops.at(-1) ?? 0;
  }

  private heightAt(index: number): number {
    const key = this.keys[index];
    return (key === undefined ? undefined : this.heights.get(key)) ?? this.estimate(index);
  }
}
