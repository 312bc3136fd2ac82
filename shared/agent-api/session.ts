/** Sent by the app with what it asks by itself while nobody touches it: such a request does not keep a session open. */
export const UNTOUCHED_HEADER = 'X-Shelfwire-Untouched';
