import { CHANGES } from './changes.ts';
import type { Wrong } from './fault.ts';
import { LIST } from './list.ts';
import { REFUSALS } from './refusals.ts';
import { VIEWS } from './views.ts';

export { standBetween } from './between.ts';

/** Everything that a backend may do wrong, one thing at a time. */
export const FAULTS: Wrong[] = [...LIST, ...REFUSALS, ...CHANGES, ...VIEWS];
