/**
 * A key of the hub's own acts on orders, which are kept beside those of clients. No client can send it: an Idempotency-Key is
 * ASCII. One that could would have the hub's act taken for said already, and so never done.
 */
export const ownKey = (name: string): string => `«hub» ${name}`;
