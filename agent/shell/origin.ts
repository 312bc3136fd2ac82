/** The scheme that the desktop serves the app by: its pages come from nowhere else. */
export const SCHEME = 'shelfwire';
export const APP_ORIGIN = `${SCHEME}://app`;

/** Whether a URL is of an origin: parsed and compared in its parts, never by its beginning. */
export function isOf(origin: string, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const [own, given] = [new URL(origin), new URL(url)];
  return given.protocol === own.protocol && given.host === own.host && given.username === '' && given.password === '';
}
