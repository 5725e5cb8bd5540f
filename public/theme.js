// Runs before the first paint: a chosen theme (src/state/preferences.rs) never flashes in the other one.
try {
  const theme = localStorage.getItem("studio-users.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows the system's theme.
}
