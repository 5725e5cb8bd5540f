import type { State } from '../stage.ts';
import { INVITE } from './invite.ts';
import { PANEL } from './panel.ts';
import { REMOVAL } from './removal.ts';
import { STUDIO } from './studio.ts';
import { USERS } from './users.ts';
import { VIEW } from './view.ts';

/** Every state that the product can be in. What is built later brings its states to this list. */
export const STATES: State[] = [...USERS, ...REMOVAL, ...PANEL, ...INVITE, ...STUDIO, ...VIEW];
