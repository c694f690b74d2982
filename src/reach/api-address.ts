/** TeamViewer's own address of its Web API. */
export const DEFAULT_API_BASE = 'https://webapi.teamviewer.com';

/** Which revision of the integration guide names the path of the unregister call. */
export type UnregisterRevision = 'current' | '2018';

export const API_PATHS = {
  createDeviceKey: '/api/v1/oem/devices/createdevicekey',
  requestControl: '/api/v1/oem/devices/requestcontrol',
  registerApp: '/api/v1/oem/appregistrations',
} as const;

export const UNREGISTER_PATHS: Readonly<Record<UnregisterRevision, string>> = {
  current: '/api/v1/oem/devices/unregister',
  '2018': '/api/v1/oem/devices',
};

/** What is wrong with the base address of the Web API; undefined when nothing is. */
export function apiBaseProblem(text: unknown): string | undefined {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return `is not an address; it looks like "${DEFAULT_API_BASE}"`;
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not hold a query (?) or a fragment (#)';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  return 'must begin with https://, since the script token is sent to it';
}

/** The address of a call below a base address that {@link apiBaseProblem} has passed. */
export function callAddress(base: string, path: string): URL {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return url;
}

/** Nothing that is sent there leaves this machine: the simulated backend of the tests. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
