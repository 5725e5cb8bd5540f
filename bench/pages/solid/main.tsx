/** Solid with TanStack Virtual, as its documentation does it. */

import '../shared/page.css';
import { render } from 'solid-js/web';
import { UsersPage } from './users.tsx';

render(() => <UsersPage />, document.getElementById('root')!);
