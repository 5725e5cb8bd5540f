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
    /** Sends the settings with later requests, and returns them. */
    const sendSettings = () => {
      const settings = ['language', 'columns', 'density'].map(stored).join('~').replaceAll(',', '.');
      setCookie('settings', settings);
      return settings;
    };
    const theme = stored('theme');
    if (theme) root.theme = theme;
    setCookie('zone', Intl.DateTimeFormat().resolvedOptions().timeZone);
    const sent = /studio-users-settings=([^;]*)/.exec(document.cookie)?.[1] ?? '~~';
    // The impersonation of this tab. A navigation cannot name it, so the list is that of the real user.
    const view = JSON.parse(sessionStorage.getItem('studio-users.view'))?.id;
    if (view) root.view = view;
    if (sendSettings() !== sent || view) root.prerendered = 'off';
    addEventListener('pagehide', sendSettings);
  } catch {
    // Without storage the defaults apply.
  }
}
