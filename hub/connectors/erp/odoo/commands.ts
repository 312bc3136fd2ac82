type Values = Readonly<Record<string, unknown>>;

/**
 * Values as Odoo's `create` takes them: records of a list are made along (`[0, 0, values]`), a list of ids is what a
 * field is set to (`[6, 0, ids]`).
 */
export function commandsOf(values: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value];
      if (value.every((one) => typeof one === 'number')) return [name, [[6, 0, value]]];
      return [name, (value as readonly Values[]).map((one) => [0, 0, commandsOf(one)])];
    }),
  );
}
