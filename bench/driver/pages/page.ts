/** A measured page: its path, and the selectors of the elements that the driver uses. Elements with an accessible name
 * have the same name on all pages. */
export interface Page {
  name: string;
  /** The name in reports. */
  title: string;
  path: string;
  /** The prerendered element that the program removes when it takes over. */
  prerendered?: string;
  search: string;
  selectAll: string;
  /** The scroll container of the rows. */
  scroller: string;
  /** The user panel beside the list. */
  panel: string;
  /** The sort buttons, by sort key. */
  sortBy: Record<'name' | 'status' | 'created_at', string>;
  /** The time limit for the first rows in milliseconds, if it differs from the default. */
  timeout?: number;
}

/** The selectors that the pages below `/bench/` share. */
export const common = {
  search: 'input[aria-label="Search users"]',
  selectAll: 'input[aria-label="Select all users"]',
  scroller: '.scroller',
  panel: 'section.panel',
  sortBy: {
    name: 'button[data-sort="name"]',
    status: 'button[data-sort="status"]',
    created_at: 'button[data-sort="created_at"]',
  },
};
