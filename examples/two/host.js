// Two elements on one page, each for another user. The backend runs at another origin (`?backend=`), started with
// `--allow-origin` for this page. The sessions are tokens managed by the host.
const backend = new URLSearchParams(location.search).get('backend') ?? 'http://127.0.0.1:8080';
/** @import { StudioUsersOptions } from '../../package/studio-users.d.ts' */
/** @type {typeof import('../../package/studio-users.d.ts')} */
const { mount } = await import(`${backend}/embed/studio-users.js`);
const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const status = /** @type {HTMLElement} */ (document.querySelector('[role=status]'));
/** @type {Map<string, string>} */
const tokens = new Map();

/** @param {string} name */
async function signIn(name) {
  /** @type {{ id: string, name: string }[]} */
  const people = await (await fetch(`${backend}/api/v1/demo/people`)).json();
  const body = JSON.stringify({ user_id: people.find((person) => person.name === name)?.id, bearer: true });
  const headers = { 'content-type': 'application/json' };
  const session = await fetch(`${backend}/api/v1/demo/sessions`, { method: 'POST', headers, body });
  tokens.set(name, (await session.json()).token);
}

/**
 * @param {string} name
 * @param {StudioUsersOptions} options
 */
function team(name, options) {
  const mounted = mount(main, {
    apiBase: backend,
    // Does not return a refused token again. The element then emits `su-signed-out`.
    tokenProvider: (refused) => (tokens.get(name) === refused ? null : (tokens.get(name) ?? null)),
    ...options,
    on: {
      ready: ({ detail }) => (status.textContent = `${detail.user.name} is there`),
      signedOut: async () => {
        await signIn(name);
        mounted.element.refresh();
      },
    },
  });
  return mounted;
}

await Promise.all([signIn('Maud Jansen'), signIn('Ingrid Solberg')]);
const left = team('Maud Jansen', { locale: 'en', theme: 'light' });
/** @type {ReturnType<typeof team> | undefined} */
let right = team('Ingrid Solberg', { locale: 'nl', theme: 'dark' });

document.querySelector('#expire')?.addEventListener('click', async () => {
  const headers = { authorization: `Bearer ${tokens.get('Maud Jansen')}` };
  await fetch(`${backend}/api/v1/session`, { method: 'DELETE', headers });
  left.element.refresh();
});
const toggle = document.querySelector('#toggle');
toggle?.addEventListener('click', () => {
  if (right) right.unmount();
  right = right ? undefined : team('Ingrid Solberg', { locale: 'nl', theme: 'dark' });
  toggle.textContent = right ? 'Close the right one' : 'Open the right one';
});
