// Runs before the first paint. Applies the theme of this browser, and tells the backend the settings that it prerenders
// with (settings.rs). Marks a prerendered list that the backend rendered with others; `list.js` then fetches another one.
{
  const root = document.documentElement.dataset;
  root.view = '';
  if (!globalThis.WebAssembly) root.program = 'off';
  try {
    const stored = (name) => localStorage.getItem(`studio-users.${name}`) ?? '';
    const path = document.querySelector('meta[name=studio-users-base]')?.content ?? '/';
    const setCookie = (name, value) => {
      // `lax`, because the first request after a link on another site needs the cookies as well.
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and Safari lacks parts of it.
      document.cookie = `studio-users-${name}=${value};path=${path};max-age=31536000;samesite=lax`;
    };
    const theme = stored('theme');
    if (theme) root.theme = theme;
    const setZone = () => setCookie('zone', Intl.DateTimeFormat().resolvedOptions().timeZone);
    // Asking for the zone loads the locale data of the browser, which delays the first rows. A known one rarely changes.
    if (document.cookie.includes('studio-users-zone=')) setTimeout(setZone, 3_000);
    else setZone();
    const settings = ['language', 'columns', 'density'].map(stored).join('~').replaceAll(',', '.');
    setCookie('settings', settings);
    // The settings that the backend prerendered this page with, if it did.
    const sent = document.querySelector('meta[name=studio-users-settings]')?.content;
    // The impersonation of this tab. A navigation cannot name it, so the list is that of the real user.
    root.view = JSON.parse(sessionStorage.getItem('studio-users.view'))?.id ?? '';
    if (sent !== undefined && (sent !== settings || root.view)) root.prerendered = 'off';
  } catch {
    // Without storage the defaults apply.
  }
}
