// A host without a framework. It has a start page, a keyboard shortcut and a dialog. The element's routes are below
// `/people`.
const page = /** @type {HTMLElement} */ (document.querySelector('#page'));
const who = /** @type {HTMLElement} */ (document.querySelector('.who'));
const help = /** @type {HTMLDialogElement} */ (document.querySelector('#help-dialog'));

function show() {
  const isPeople = location.pathname === '/people' || location.pathname.startsWith('/people/');
  if (!isPeople) page.replaceChildren(startPage());
  else if (!page.querySelector('studio-users')) page.replaceChildren(people());
}

function people() {
  const element = document.createElement('studio-users');
  element.setAttribute('routing', 'url');
  element.setAttribute('base-path', '/people');
  element.addEventListener('su-ready', ({ detail }) => (who.textContent = detail.user.name ?? detail.user.email));
  element.addEventListener('su-signed-out', () => (who.textContent = ''));
  element.addEventListener('su-view-start', ({ detail }) => (who.textContent = `as ${detail.user.name}`));
  return element;
}

function startPage() {
  const section = document.createElement('section');
  section.className = 'start';
  const title = document.createElement('h1');
  title.textContent = 'Good morning';
  const text = document.createElement('p');
  text.textContent = 'Harbour has its own sign-in. In this example, choose who you are:';
  const buttons = document.createElement('p');
  section.append(title, text, buttons);
  void fetch('/api/v1/demo/people')
    .then((response) => response.json())
    .then((/** @type {Person[]} */ people) =>
      buttons.append(...people.flatMap((person) => [signInButton(person), ' '])),
    );
  return section;
}

/**
 * @typedef {{ id: string, name: string }} Person
 * @param {Person} person
 */
function signInButton({ id, name }) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.addEventListener('click', async () => {
    const body = JSON.stringify({ user_id: id, bearer: false });
    await fetch('/api/v1/demo/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    go('/people');
  });
  return button;
}

/** @param {string} path */
function go(path) {
  history.pushState({ host: true }, '', path);
  show();
}

// The host's router. It handles clicks on links unless the element has handled them already.
document.addEventListener('click', (event) => {
  const { target } = event;
  const path = target instanceof Element && target.closest('a[href^="/"]')?.getAttribute('href');
  if (!path || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  go(path);
});
addEventListener('popstate', show);

const openHelp = () => help.showModal();
document.querySelector('#help')?.addEventListener('click', openHelp);
document.addEventListener('keydown', (event) => {
  if (event.key === '?' && !event.defaultPrevented) openHelp();
});

show();
