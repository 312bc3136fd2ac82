/** Field schemas with the bounds that RxDB wants of a field that is part of an index. */
export const instantField = { type: 'integer', minimum: 0, maximum: 4_102_444_800_000, multipleOf: 1 } as const;
export const seqField = { type: 'integer', minimum: 0, maximum: 1_000_000_000_000, multipleOf: 1 } as const;
export const textField = (maxLength: number) => ({ type: 'string', maxLength }) as const;

/**
 * The id of a document that comes down by RxDB's replication. It keeps documents by id in plain objects, where one
 * called `__proto__` or `constructor` would go lost or stop the replication; with a colon in front none is.
 */
export const downId = (name: string): string => `:${name}`;
