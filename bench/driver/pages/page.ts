/** A page that is measured: where it is, and how to find what is worked with. What has an accessible name is found by
 * the same one on all pages. */
export interface Page {
  name: string;
  /** As people call it. */
  title: string;
  path: string;
  /** What is seen of it before its program has come, and goes once it has. */
  drawn?: string;
  search: string;
  selectAll: string;
  /** The element that scrolls. */
  scroller: string;
  /** The panel beside the list. */
  panel: string;
  /** What orders the list, by what it orders by. */
  sortBy: Record<'name' | 'status' | 'created_at', string>;
  /** How long its first rows may take, in ms, where that is longer than anything else. */
  patience?: number;
}

/** What the pages under `/bench/` have in common. */
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
