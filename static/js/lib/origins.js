// @ts-check
// Whether a site is on a list of sites as a Content-Security-Policy's frame-ancestors has it. The browser decides with
// the same list who may show the frame; here it decides whose messages are heard.

/**
 * @param {string} origin  such as https://school.example
 * @param {string[]} list  'self', *, https://school.example, https://*.school.example, http://localhost:*
 * @param {string} own     the origin of this server
 */
export function isAllowed(origin, list, own) {
  if (!/^https?:\/\/[^/]+$/.test(origin)) return false; // "null" is the origin of what has none
  return list.some((entry) => {
    if (entry === "*") return true;
    if (entry === "'self'") return origin === own;
    return matches(origin, entry.replace(/\/$/, ""));
  });
}

/** @param {string} origin @param {string} entry */
function matches(origin, entry) {
  const [asked, wanted] = [split(origin), split(entry)];
  if (!asked || !wanted) return false;
  // a policy's http lets https in too
  const scheme = asked.scheme === wanted.scheme || (wanted.scheme === "http" && asked.scheme === "https");
  const host = wanted.host.startsWith("*.") ? asked.host.endsWith(wanted.host.slice(1)) : asked.host === wanted.host;
  const upgraded = asked.scheme !== wanted.scheme && wanted.port === "80" && asked.port === "443";
  return scheme && host && (wanted.port === "*" || asked.port === wanted.port || upgraded);
}

/** @param {string} text */
function split(text) {
  const [, scheme, host, port] = /^(https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+|\*))?$/.exec(text.toLowerCase()) ?? [];
  return scheme ? { scheme, host, port: port ?? (scheme === "https" ? "443" : "80") } : null;
}
