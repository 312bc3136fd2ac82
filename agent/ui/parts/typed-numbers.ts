/** Whole units as people type them; an empty field is none. Undefined: no such number. */
export function typedUnits(text: string, max: number): number | undefined {
  const given = text.trim();
  if (given === '') return 0;
  return /^\d{1,9}$/.test(given) && Number(given) <= max ? Number(given) : undefined;
}

/**
 * A price in whole units of its currency, as people type it, also half typed ("12,"). The other sign than the one of the place is
 * taken for the point too, unless it may part thousands. Undefined: no such number.
 */
export function typedPrice(text: string, digits: number, point: string, max: number): number | undefined {
  const given = text.trim();
  if (given === '') return 0;
  const [, whole = '', sign, fraction = ''] = /^(\d{1,12})(?:([.,])(\d*))?$/.exec(given) ?? [];
  if (whole === '' || fraction.length > digits || (sign !== undefined && digits === 0)) return undefined;
  if (sign !== undefined && sign !== point && fraction.length === 3) return undefined;
  const price = Number(`${whole}.${fraction}`);
  return price <= max ? price : undefined;
}
