// @ts-check
// The theme chosen earlier, set before the first paint so that nothing flashes. A classic script: modules come too late.
try {
  const theme = localStorage.getItem("playground.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // storage may be forbidden: then the system's theme is used
}
