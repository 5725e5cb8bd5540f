import { ROW_HEIGHT } from '../shared/api.ts';

/** The maximum height of the scrolled element, in px. Browsers paint nothing beyond about 17 million px. */
export const MAX_HEIGHT = 6_000_000;
/** The distance from either end within which the element scrolls row by row, in px. */
const EXACT_RANGE = 20_000;

/**
 * Maps the scroll position of an element of limited height to an offset in all rows. Small steps move the rows by the
 * same distance. Large steps, which the thumb makes, move them in proportion.
 */
export class ScrollPosition {
  count = 0;
  viewport = 0;
  #top = 0;
  #offset = 0;

  /** The height of all rows, in px. */
  get totalHeight(): number {
    return this.count * ROW_HEIGHT;
  }

  /** The distance that rows are moved by, so that the rows at the offset are visible at the scroll position. */
  get rowShift(): number {
    return this.#top - this.#offset;
  }

  visibleRange(): { first: number; end: number } {
    const first = Math.floor(this.#offset / ROW_HEIGHT);
    return { first, end: Math.min(this.count, Math.ceil((this.#offset + this.viewport) / ROW_HEIGHT)) };
  }

  jumpTo(offset: number): void {
    this.#offset = offset;
    this.#top = offset;
  }

  onScroll(top: number): void {
    const step = Math.abs(top - this.#top);
    const [maxTop, maxOffset] = this.#limits();
    const isSmall = step <= Math.max(MAX_HEIGHT / this.viewport / 2, this.viewport * 1.5);
    if (this.totalHeight <= MAX_HEIGHT) this.#offset = top;
    else if (top <= 0) this.#offset = 0;
    else if (top >= maxTop - 1) this.#offset = maxOffset;
    else if (isSmall) this.#offset = Math.min(maxOffset, Math.max(0, this.#offset + top - this.#top));
    else this.#offset = (top / maxTop) * maxOffset;
    this.#top = top;
  }

  /** Returns the scroll position that matches the offset once scrolling has ended, if it differs. */
  realign(): number | undefined {
    if (this.totalHeight <= MAX_HEIGHT) return undefined;
    const [maxTop, maxOffset] = this.#limits();
    const before = Math.min(this.#offset, EXACT_RANGE);
    const after = Math.min(maxOffset - this.#offset, EXACT_RANGE);
    const top = Math.min(maxTop - after, Math.max(before, (this.#offset / maxOffset) * maxTop));
    if (Math.abs(top - this.#top) < 1) return undefined;
    this.#top = Math.round(top);
    return this.#top;
  }

  /** Returns the maximum scroll position and the maximum offset. */
  #limits(): [number, number] {
    return [Math.min(this.totalHeight, MAX_HEIGHT) - this.viewport, this.totalHeight - this.viewport];
  }
}
