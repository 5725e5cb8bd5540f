import { expect, type Locator } from '@playwright/test';
import { type Stage, type State, signIn, state } from '../stage.ts';
import { CHARLOTTE, endSessionAt, isSearch, MAUD } from '../test.ts';
import { type Assignments, arrange, colleague, type User, userBy } from '../users.ts';
import { openUsers, UNAVAILABLE } from './users.ts';

/** The number of a colleague who stands in no test but of states. Each state is of another, until all have had a turn. */
export const nextColleague = (): number => 20 + (turn++ % 30);
let turn = 0;

const OPERATOR: Assignments = { 'Northwind Telecom': ['operator'] };

/** What is known of a user by their address. */
async function openUser(stage: Stage, email: string, tab = ''): Promise<Locator> {
  const user = await userBy(stage.page, email);
  await stage.page.goto(`/users/${user.id}${tab}`);
  const panel = stage.page.getByRole('region', { name: user.name ?? email });
  await expect(panel).toBeVisible();
  return panel;
}

const change = ({ page, say }: Stage, node: string): Locator =>
  page.getByRole('button', { name: say.whole(`Change roles in ${node}`) });

/** The access of somebody who has just these roles. */
async function openAccess(stage: Stage, assignments: Assignments): Promise<User> {
  const { page } = stage;
  const user = await colleague(page, nextColleague());
  await arrange(page, user, assignments);
  await page.goto(`/users/${user.id}?tab=access`);
  await expect(change(stage, 'Harbor Bank')).toBeVisible();
  return user;
}

async function toggle(stage: Stage, node: string, ...roles: string[]): Promise<void> {
  const { page, say } = stage;
  await change(stage, node).click();
  for (const role of roles) await page.getByRole('checkbox', { name: role, exact: true }).click();
  await page.getByRole('button', { name: say('Done') }).click();
}

const save = ({ page, say }: Stage): Locator => page.getByRole('button', { name: say('Save changes') });

/** Changes that gain, lose, are shielded and end something. */
async function stageChanges(stage: Stage): Promise<Locator> {
  await openAccess(stage, { ...OPERATOR, 'Polder Energy': ['operator', 'analyst'], 'Velo Bikes': ['agent'] });
  await toggle(stage, 'City Clinic', 'Operator', 'Agent');
  await toggle(stage, 'Harbor Bank', 'Planner');
  await toggle(stage, 'Velo Bikes', 'Agent');
  await expect(save(stage)).toBeVisible();
  return save(stage);
}

async function leave(stage: Stage): Promise<Locator> {
  await stageChanges(stage);
  await stage.page.keyboard.press('Escape');
  return stage.page.getByRole('dialog', { name: stage.say('Discard your changes?') });
}

/** A large tree: everything that an administrator of the provider manages. */
async function openLarge(stage: Stage): Promise<Locator> {
  await openUser(stage, 'sanne@northwind.example', '?tab=access');
  const row = stage.page.locator('.access-tree__node').first();
  await expect(row).toBeVisible();
  return row;
}

async function openLog(stage: Stage): Promise<Locator> {
  const { page, say } = stage;
  const user = await openAccess(stage, { ...OPERATOR, Sandbox: ['operator'] });
  await arrange(page, user, { ...OPERATOR, Sandbox: ['agent'] });
  await page.goto(`/users/${user.id}?tab=audit-log`);
  const log = page.getByRole('tabpanel', { name: say('Audit log') });
  await expect(log.getByRole('listitem').first()).toBeVisible();
  return log;
}

/** The panel of one user. */
export const PANEL: State[] = [
  state('the details of somebody who has joined', (stage) => openUser(stage, 'sanne@northwind.example')),
  state('the details of somebody invited', (stage) => openUser(stage, 'nora@clinic.example')),
  state('the details of an expired invitation', (stage) => openUser(stage, 'kim@velobikes.example')),
  state('revoking an invitation', async (stage) => {
    const panel = await openUser(stage, 'nora@clinic.example');
    await panel.getByRole('button', { name: stage.say.whole('Revoke') }).click();
    return stage.page.getByRole('button', { name: stage.say('Revoke invitation') });
  }),
  state('no such user', async ({ page, say }) => {
    await page.goto('/users/00000000-0000-4000-8000-000000000000');
    return page.getByRole('heading', { name: say('There is no such user') });
  }),
  state('a user who could not be loaded', async (stage) => {
    const { page, say } = stage;
    const { id } = await userBy(page, 'sanne@northwind.example');
    await page.route(`**/api/v1/users/${id}`, (route) => route.fulfill(UNAVAILABLE));
    await page.goto(`/users/${id}`);
    return page.getByText(say('This user could not be loaded')).first();
  }),
  state('access', async (stage) => {
    await openAccess(stage, { ...OPERATOR, 'City Clinic': ['agent'], 'Polder Energy': ['operator', 'analyst'] });
    return change(stage, 'City Clinic');
  }),
  state('chat notifications to be repaired', async (stage) => {
    await openAccess(stage, {
      ...OPERATOR,
      'City Clinic': ['operator'],
      'Velo Bikes': ['operator'],
      'Polder Energy': ['operator'],
      Sandbox: ['operator'],
    });
    return stage.page.getByRole('button', { name: stage.say('Assign here') });
  }),
  state('the roles of a place', async (stage) => {
    await openAccess(stage, OPERATOR);
    await change(stage, 'Harbor Bank').click();
    return stage.page.getByRole('searchbox', { name: stage.say('Search roles') });
  }),
  state('changes not saved', stageChanges),
  state('leaving with changes', leave),
  state('changes that could not be saved', async (stage) => {
    const { page, say } = stage;
    await stageChanges(stage);
    await page.route('**/api/v1/users/*/access', (route) => route.fulfill(UNAVAILABLE));
    await save(stage).click();
    return page.getByRole('alert').filter({ hasText: say('cannot answer at the moment') });
  }),
  state('a conflict', async (stage) => {
    const { page, browser, backend } = stage;
    const user = await openAccess(stage, OPERATOR);
    await toggle(stage, 'Harbor Bank', 'Planner');
    await toggle(stage, 'Velo Bikes', 'Analyst');
    const other = await browser.newContext({ baseURL: backend.url });
    const theirs = await other.newPage();
    await signIn(theirs, CHARLOTTE);
    await arrange(theirs, user, { ...OPERATOR, 'Harbor Bank': ['supervisor'] });
    await other.close();
    return page.getByRole('radiogroup', { name: 'Harbor Bank' });
  }),
  state('a large tree', openLarge, { as: CHARLOTTE }),
  state('the audit log', openLog),
  state('the filter of the audit log', async (stage) => {
    const { page, say } = stage;
    const log = await openLog(stage);
    await log.getByRole('button', { name: say('Filter by action') }).click();
    return page.getByRole('menuitemradio', { name: say('Roles changed') });
  }),
  state('signing in again', async (stage) => {
    const { page, say } = stage;
    await openUsers(stage);
    await endSessionAt(page, isSearch);
    await page.getByRole('searchbox', { name: say('Search users') }).fill('sanne');
    return page.getByRole('dialog', { name: say('Sign in again') }).getByRole('button', { name: MAUD });
  }),
];
