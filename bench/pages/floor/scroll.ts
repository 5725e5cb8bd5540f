import { ROW_HEIGHT } from '../shared/api.ts';

/** The tallest element that is scrolled, in px: browsers draw nothing beyond some 17 million. */
export const HEIGHT = 6_000_000;
/** How near an end wheel and keys reach it row by row, in px. */
const NEAR = 20_000;

/** Which rows are in view. Small steps of the element move them by as much, large ones (the thumb's) in proportion. */
export class Scroll {
  count = 0;
  viewport = 0;
  #top = 0;
  #offset = 0;

  /** The height of all rows. */
  get whole(): number {
    return this.count * ROW_HEIGHT;
  }

  /** What rows are moved by, so that those scrolled to are seen where the element is. */
  get shift(): number {
    return this.#top - this.#offset;
  }

  inView(): { first: number; end: number } {
    const first = Math.floor(this.#offset / ROW_HEIGHT);
    return { first, end: Math.min(this.count, Math.ceil((this.#offset + this.viewport) / ROW_HEIGHT)) };
  }

  to(offset: number): void {
    this.#offset = offset;
    this.#top = offset;
  }

  follow(top: number): void {
    const step = Math.abs(top - this.#top);
    const [furthestTop, furthest] = this.#furthest();
    const isSmall = step <= Math.max(HEIGHT / this.viewport / 2, this.viewport * 1.5);
    if (this.whole <= HEIGHT) this.#offset = top;
    else if (top <= 0) this.#offset = 0;
    else if (top >= furthestTop - 1) this.#offset = furthest;
    else if (isSmall) this.#offset = Math.min(furthest, Math.max(0, this.#offset + top - this.#top));
    else this.#offset = (top / furthestTop) * furthest;
    this.#top = top;
  }

  /** Where the element belongs once scrolling rests, if it is elsewhere. */
  rest(): number | undefined {
    if (this.whole <= HEIGHT) return undefined;
    const [furthestTop, furthest] = this.#furthest();
    const before = Math.min(this.#offset, NEAR);
    const after = Math.min(furthest - this.#offset, NEAR);
    const there = Math.min(furthestTop - after, Math.max(before, (this.#offset / furthest) * furthestTop));
    if (Math.abs(there - this.#top) < 1) return undefined;
    this.#top = Math.round(there);
    return this.#top;
  }

  #furthest(): [number, number] {
    return [Math.min(this.whole, HEIGHT) - this.viewport, this.whole - this.viewport];
  }
}
