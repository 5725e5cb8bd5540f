/** The floor's table of a page that loads all rows when it is opened, and searches and orders them itself. */

import { showTable } from '../floor/table.ts';
import { Everything } from './everything.ts';

showTable((onRows) => new Everything(onRows));
