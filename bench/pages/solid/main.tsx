/** Solid with TanStack Virtual, used as its documentation shows. */

import '../shared/page.css';
import { render } from 'solid-js/web';
import { UsersPage } from './users.tsx';

render(() => <UsersPage />, document.getElementById('root')!);
