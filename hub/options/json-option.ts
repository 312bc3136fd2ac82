/** Of every command that lists or answers something. */
export const json = { type: 'boolean', help: 'Answer as JSON, for programs.' } as const;
