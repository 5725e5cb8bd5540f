import { expect, type Locator } from '@playwright/test';
import { CHARLOTTE, endSessionAt, isSearch, MAUD } from '../test.ts';
import { type StateContext, signIn, state, type UiState } from '../ui-state.ts';
import { type Assignments, pickColleague, setRoles, type User, userByEmail } from '../users.ts';
import { openUsers, UNAVAILABLE } from './users.ts';

/**
 * Returns the number of a colleague for a state. Only states use these 30 colleagues. The numbers repeat once all were
 * used.
 */
export const nextColleague = (): number => 20 + (colleaguesUsed++ % 30);
let colleaguesUsed = 0;

const OPERATOR: Assignments = { 'Northwind Telecom': ['operator'] };

/** Opens the panel of the user with this address. */
async function openUser(context: StateContext, email: string, tab = ''): Promise<Locator> {
  const user = await userByEmail(context.page, email);
  await context.page.goto(`/users/${user.id}${tab}`);
  const panel = context.page.getByRole('region', { name: user.name ?? email });
  await expect(panel).toBeVisible();
  return panel;
}

const changeButton = ({ page, t }: StateContext, node: string): Locator =>
  page.getByRole('button', { name: t.exact(`Change roles in ${node}`) });

/** Opens the access tab of a user who has exactly these roles. */
async function openAccess(context: StateContext, assignments: Assignments): Promise<User> {
  const { page } = context;
  const user = await pickColleague(page, nextColleague());
  await setRoles(page, user, assignments);
  await page.goto(`/users/${user.id}?tab=access`);
  await expect(changeButton(context, 'Harbor Bank')).toBeVisible();
  return user;
}

async function toggle(context: StateContext, node: string, ...roles: string[]): Promise<void> {
  const { page, t } = context;
  await changeButton(context, node).click();
  for (const role of roles) await page.getByRole('checkbox', { name: role, exact: true }).click();
  await page.getByRole('button', { name: t('Done') }).click();
}

const saveButton = ({ page, t }: StateContext): Locator => page.getByRole('button', { name: t('Save changes') });

/** Makes unsaved changes that gain, lose and end permissions, one of them at a node with its own roles. */
async function makeChanges(context: StateContext): Promise<Locator> {
  await openAccess(context, { ...OPERATOR, 'Polder Energy': ['operator', 'analyst'], 'Velo Bikes': ['agent'] });
  await toggle(context, 'City Clinic', 'Operator', 'Agent');
  await toggle(context, 'Harbor Bank', 'Planner');
  await toggle(context, 'Velo Bikes', 'Agent');
  await expect(saveButton(context)).toBeVisible();
  return saveButton(context);
}

async function leaveWithChanges(context: StateContext): Promise<Locator> {
  await makeChanges(context);
  await context.page.keyboard.press('Escape');
  return context.page.getByRole('dialog', { name: context.t('Discard your changes?') });
}

/** Opens a large access tree: all nodes that an administrator of the provider manages. */
async function openLargeTree(context: StateContext): Promise<Locator> {
  await openUser(context, 'sanne@northwind.example', '?tab=access');
  const row = context.page.locator('.access-tree__node').first();
  await expect(row).toBeVisible();
  return row;
}

async function openAuditLog(context: StateContext): Promise<Locator> {
  const { page, t } = context;
  const user = await openAccess(context, { ...OPERATOR, Sandbox: ['operator'] });
  await setRoles(page, user, { ...OPERATOR, Sandbox: ['agent'] });
  await page.goto(`/users/${user.id}?tab=audit-log`);
  const log = page.getByRole('tabpanel', { name: t('Audit log') });
  await expect(log.getByRole('listitem').first()).toBeVisible();
  return log;
}

/** Opens the panel of the user with this address, whose details the backend returns with `fields`. */
async function openChangedUser(context: StateContext, email: string, fields: object): Promise<Locator> {
  await context.page.route(/\/api\/v1\/users\/[0-9a-f-]{36}$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...fields } });
  });
  return openUser(context, email);
}

/** Opens the dialog that corrects the address of an invited user. */
async function openCorrection(context: StateContext): Promise<Locator> {
  const panel = await openUser(context, 'nora@clinic.example');
  await panel.getByRole('button', { name: context.t.exact('Correct address') }).click();
  return context.page.getByRole('textbox', { name: context.t('Right e-mail address') });
}

/** States of the user panel. */
export const PANEL: UiState[] = [
  state('panel, details of an active user', (context) => openUser(context, 'sanne@northwind.example')),
  state('panel, details of an invited user', (context) => openUser(context, 'nora@clinic.example')),
  state('panel, details of an expired invitation', (context) => openUser(context, 'kim@velobikes.example')),
  state('panel, invitation that nobody can accept', async (context) => {
    const { email, invitation } = await userByEmail(context.page, 'nora@clinic.example');
    const panel = await openChangedUser(context, email, { invitation: { ...invitation, unacceptable: true } });
    await expect(panel.getByText(context.t('Nobody can accept this invitation'))).toBeVisible();
    return panel;
  }),
  state('panel, address not confirmed', async (context) => {
    const panel = await openChangedUser(context, 'sanne@northwind.example', { address_unconfirmed: true });
    await expect(panel.getByText(context.t('E-mail address not confirmed')).first()).toBeVisible();
    return panel;
  }),
  state('panel, correct address', openCorrection),
  state('panel, correct address, invalid', async (context) => {
    const field = await openCorrection(context);
    await field.fill('nora@clinic');
    await field.press('Enter');
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    return field;
  }),
  state('panel, revoke question', async (context) => {
    const panel = await openUser(context, 'nora@clinic.example');
    await panel.getByRole('button', { name: context.t.exact('Revoke') }).click();
    return context.page.getByRole('button', { name: context.t('Revoke invitation') });
  }),
  state('panel, user not found', async ({ page, t }) => {
    await page.goto('/users/00000000-0000-4000-8000-000000000000');
    return page.getByRole('heading', { name: t('User not found') });
  }),
  state('panel, user failed to load', async (context) => {
    const { page, t } = context;
    const { id } = await userByEmail(page, 'sanne@northwind.example');
    await page.route(`**/api/v1/users/${id}`, (route) => route.fulfill(UNAVAILABLE));
    await page.goto(`/users/${id}`);
    return page.getByText(t('This user could not be loaded')).first();
  }),
  state('panel, access', async (context) => {
    await openAccess(context, { ...OPERATOR, 'City Clinic': ['agent'], 'Polder Energy': ['operator', 'analyst'] });
    return changeButton(context, 'City Clinic');
  }),
  state('panel, missing chat notifications', async (context) => {
    await openAccess(context, {
      ...OPERATOR,
      'City Clinic': ['operator'],
      'Velo Bikes': ['operator'],
      'Polder Energy': ['operator'],
      Sandbox: ['operator'],
    });
    return context.page.getByRole('button', { name: context.t('Assign here') });
  }),
  state('panel, role picker', async (context) => {
    await openAccess(context, OPERATOR);
    await changeButton(context, 'Harbor Bank').click();
    return context.page.getByRole('searchbox', { name: context.t('Search roles') });
  }),
  state('panel, unsaved changes', makeChanges),
  state('panel, discard question', leaveWithChanges),
  state('panel, changes failed to save', async (context) => {
    const { page, t } = context;
    await makeChanges(context);
    await page.route('**/api/v1/users/*/access', (route) => route.fulfill(UNAVAILABLE));
    await saveButton(context).click();
    return page.getByRole('alert').filter({ hasText: t('temporarily unavailable') });
  }),
  state('panel, conflict', async (context) => {
    const { page, browser, backend } = context;
    const user = await openAccess(context, OPERATOR);
    await toggle(context, 'Harbor Bank', 'Planner');
    await toggle(context, 'Velo Bikes', 'Analyst');
    const other = await browser.newContext({ baseURL: backend.url });
    const theirs = await other.newPage();
    await signIn(theirs, CHARLOTTE);
    await setRoles(theirs, user, { ...OPERATOR, 'Harbor Bank': ['supervisor'] });
    await other.close();
    return page.getByRole('radiogroup', { name: 'Harbor Bank' });
  }),
  state('panel, large access tree', openLargeTree, { as: CHARLOTTE }),
  state('panel, audit log', openAuditLog),
  state('panel, audit log filter', async (context) => {
    const { page, t } = context;
    const log = await openAuditLog(context);
    await log.getByRole('button', { name: t('Filter by action') }).click();
    return page.getByRole('menuitemradio', { name: t('Roles changed') });
  }),
  state('sign in again', async (context) => {
    const { page, t } = context;
    await openUsers(context);
    await endSessionAt(page, isSearch);
    await page.getByRole('searchbox', { name: t('Search users') }).fill('sanne');
    return page.getByRole('dialog', { name: t('Sign in again') }).getByRole('button', { name: MAUD });
  }),
];
