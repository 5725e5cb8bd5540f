/** The floor: what the browser alone allows. */

import { Pages } from '../shared/pages.ts';
import { showTable } from './table.ts';

showTable((onRows) => new Pages(onRows));
