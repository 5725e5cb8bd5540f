import { expect, type Locator } from '@playwright/test';
import { type StateContext, state, type UiState } from '../ui-state.ts';
import { openUsers } from './users.ts';

const ID = '00000000-0000-4000-8000-000000000001';

/** Returns a running bulk job that adds a role, changed by `fields`. */
function job(fields: object = {}) {
  return {
    id: ID,
    action: 'add_role',
    role: 'agent',
    state: 'running',
    total: 9000,
    done: 1200,
    unchanged: 30,
    refused: 10,
    refusals: [],
    created_at: new Date(Date.now() - 120_000).toISOString(),
    ended_at: null,
    can_undo: false,
    ...fields,
  };
}

const STOPPED = {
  state: 'stopped',
  stop_reason: 'rights_lost',
  ended_at: new Date().toISOString(),
  can_undo: true,
};

/** Opens the users page with these bulk jobs. */
async function openWithJobs({ page, ...context }: StateContext, jobs: object[]): Promise<void> {
  await page.route('**/api/v1/jobs', (route) => route.fulfill({ json: jobs }));
  await page.route(`**/api/v1/jobs/${ID}`, (route) => route.fulfill({ json: jobs[0] }));
  await openUsers({ page, ...context });
}

/** Opens the list of recent bulk actions. */
async function openRecent(context: StateContext, jobs: object[]): Promise<Locator> {
  const { page, t } = context;
  await openWithJobs(context, jobs);
  await page.getByRole('button', { name: t('Recent bulk actions') }).click();
  return page.getByRole('dialog', { name: t('Recent bulk actions') });
}

const DESKTOP: Partial<UiState> = { devices: ['desktop'] };

/** States of bulk jobs. */
export const JOBS: UiState[] = [
  state('bulk job, running', async (context) => {
    const other = job({ id: ID.replace(/1$/, '2'), action: 'remove' });
    await openWithJobs(context, [job(), other]);
    const bar = context.page.getByRole('region', { name: context.t('Bulk action in progress') });
    await expect(bar).toBeVisible();
    return bar;
  }),
  state(
    'bulk job, recent',
    async (context) => {
      const removal = job({ id: ID.replace(/1$/, '2'), action: 'remove', state: 'done', ended_at: STOPPED.ended_at });
      const row = (await openRecent(context, [job(), job({ ...removal, can_undo: true })]))
        .getByRole('listitem')
        .last();
      await expect(row).toBeVisible();
      return row;
    },
    DESKTOP,
  ),
  state('bulk job, none recent', (context) => openRecent(context, []), DESKTOP),
  state(
    'bulk job, summary',
    async (context) => {
      const { page, t } = context;
      const refusals = [{ id: ID, name: 'Femke Hoekstra', code: 'not_managed' }];
      const recent = await openRecent(context, [job({ ...STOPPED, refusals })]);
      await recent.getByRole('button', { name: t.startsWith('Show details') }).click();
      const refused = page.getByRole('list', { name: t('Skipped users and reasons') });
      await expect(refused).toBeVisible();
      return refused;
    },
    DESKTOP,
  ),
];
