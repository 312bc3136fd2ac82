import type { App, Session, WebContents } from 'electron';
import { isOf } from './origin.ts';

export interface GuardParts {
  /** The app's own: nothing else is shown. */
  readonly origin: string;
  /** Asked to open something else: it decides. */
  openOutside(url: string): void;
}

/** Every page, whatever made it: stays where it is, opens no window, holds no other page's contents. */
export function guardContents(contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>, parts: GuardParts): void {
  const stay = (event: { readonly url: string; preventDefault(): void }): void => {
    if (!isOf(parts.origin, event.url)) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    parts.openOutside(url);
    return { action: 'deny' };
  });
}

/** What pages ask of the machine is denied: camera, place, devices, notifications, clipboard; and so is the network. */
export function guardSession(
  session: Pick<
    Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setSpellCheckerEnabled'
    | 'webRequest'
    | 'on'
  >,
  { origin, hasDevTools }: { readonly origin: string; readonly hasDevTools: boolean },
): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Its dictionaries would be fetched from the network.
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url, origin, hasDevTools) }));
  // What the app itself has made may be saved, at the place that the person chooses.
  session.on('will-download', (event, item) => {
    if (!isLocal(item.getURL(), origin, false)) event.preventDefault();
  });
}

/** Of the app's own origin, or made within its page. */
function isLocal(url: string, origin: string, hasDevTools: boolean): boolean {
  if (isOf(origin, url)) return true;
  if (url.startsWith('blob:')) return isOf(origin, url.slice('blob:'.length));
  return url.startsWith('data:image/') || (hasDevTools && url.startsWith('devtools:'));
}

/** For all of the desktop: each page that comes to be is guarded, no bad certificate is accepted, none of a client given. */
export function guardApp(app: Pick<App, 'on'>, parts: GuardParts): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, parts));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault();
    answer();
  });
}
