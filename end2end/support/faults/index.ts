import { CHANGES } from './changes.ts';
import { ERRORS } from './errors.ts';
import type { FaultCase } from './fault-case.ts';
import { LIST } from './list.ts';
import { VIEWS } from './views.ts';

export { startFaultyProxy } from './proxy.ts';

/** All faults that the conformance suite has to detect, one at a time. */
export const FAULTS: FaultCase[] = [...LIST, ...ERRORS, ...CHANGES, ...VIEWS];
