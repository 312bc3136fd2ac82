/**
 * Whether a link of the app may be opened in the person's browser: over https, to one of the origins that are known. What
 * else a link could start on this machine (a file, a program by its scheme) is not opened.
 * @param origins such as https://hub.example
 */
export function isOutsideLink(url: string, origins: readonly string[]): boolean {
  if (url.length > 2_048 || !URL.canParse(url)) return false;
  const { protocol, origin, username, password } = new URL(url);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  return origins.some((known) => URL.canParse(known) && new URL(known).origin === origin);
}
