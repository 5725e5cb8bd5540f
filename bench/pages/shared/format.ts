/** Formats the data of the API. The texts are the same on all pages. */

import type { Status, User } from './api.ts';

const LANGUAGE = 'en-GB';
const STATUS: Record<Status, string> = { active: 'Active', invited: 'Invited', expired: 'Expired' };
const DAY = 86_400_000;

const NUMBER = new Intl.NumberFormat(LANGUAGE);
const DATE = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', year: 'numeric' });
const MOMENT = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'full', timeStyle: 'short' });
const AGO = new Intl.RelativeTimeFormat(LANGUAGE, { style: 'short' });

export const label = (user: User): string => user.name ?? user.email;
export const statusName = (status: Status): string => STATUS[status];
export const number = (value: number): string => NUMBER.format(value);
export const date = (time: string): string => DATE.format(new Date(time));
export const moment = (time: string): string => MOMENT.format(new Date(time));

export function total({ value, exact }: { value: number; exact: boolean }): string {
  return exact ? number(value) : `${number(value)}+`;
}

export function roleName(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1).replaceAll('_', ' ');
}

export function initials(user: User): string {
  const words = label(user).split(/[\s@.]+/);
  return ((words[0]?.[0] ?? '') + (words[1]?.[0] ?? '')).toUpperCase();
}

export function ago(time: string | null): string {
  if (!time) return 'Never';
  const past = Date.now() - Date.parse(time);
  if (past < 3_600_000) return AGO.format(-Math.floor(past / 60_000), 'minute');
  if (past < DAY) return AGO.format(-Math.floor(past / 3_600_000), 'hour');
  if (past < 30 * DAY) return AGO.format(-Math.floor(past / DAY), 'day');
  return date(time);
}

/** The actions of a row: the key in `allowed`, the accessible name and the path of the icon. */
export const ACTIONS = [
  { key: 'copy_link', name: 'Copy invitation link for', path: 'M5 3H3v11h8v-2M6 1h7v9H6z' },
  { key: 'view_as', name: 'View as', path: 'M6 3a2.5 2.5 0 1 0 .01 0M2 14c0-3 2-5 4-5s2 0 3 1M9 11h5M12 9l2 2-2 2' },
  { key: 'remove', name: 'Remove', path: 'M3 4h10M6 4V2h4v2M4 4l1 10h6l1-10M7 7v4M9 7v4' },
] as const;

/** The columns, with the sort key of those that can be sorted. */
export const COLUMNS: readonly { name: string; className: string; sort?: string }[] = [
  { name: 'Name', className: 'name', sort: 'name' },
  { name: 'Status', className: 'status', sort: 'status' },
  { name: 'Roles', className: 'roles' },
  { name: 'Environments', className: 'environments' },
  { name: 'Last active', className: 'last', sort: 'last_active_at' },
  { name: 'Created', className: 'created', sort: 'created_at' },
];
