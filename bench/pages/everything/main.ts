/** The baseline page's table with all rows in memory. It loads them at the start and searches and sorts them itself. */

import { renderTable } from '../baseline/table.ts';
import { Everything } from './everything.ts';

renderTable((onRows) => new Everything(onRows));
