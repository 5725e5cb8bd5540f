/** The baseline page: the speed that the browser allows without a framework. */

import { RowCache } from '../shared/row-cache.ts';
import { renderTable } from './table.ts';

renderTable((onRows) => new RowCache(onRows));
