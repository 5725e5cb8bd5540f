import type { UiState } from '../ui-state.ts';
import { DELIVERY } from './delivery.ts';
import { IMPERSONATION } from './impersonation.ts';
import { INVITE } from './invite.ts';
import { JOBS } from './jobs.ts';
import { PANEL } from './panel.ts';
import { REMOVAL } from './removal.ts';
import { STUDIO } from './studio.ts';
import { USERS } from './users.ts';

/** All UI states of the product. Add the states of a new feature to this list. */
export const STATES: UiState[] = [
  ...USERS,
  ...REMOVAL,
  ...JOBS,
  ...PANEL,
  ...DELIVERY,
  ...INVITE,
  ...STUDIO,
  ...IMPERSONATION,
];
