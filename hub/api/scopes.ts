/** What the API is about, each readable and, where there is something to change, writable by keys of their own. */
const AREAS = {
  stock: ['read', 'write'],
  products: ['read', 'write'],
  availability: ['read'],
  rules: ['read', 'write'],
  reservations: ['read', 'write'],
  orders: ['read', 'write'],
  stores: ['read', 'write'],
  webhooks: ['read', 'write'],
  channels: ['read', 'write'],
  erps: ['read', 'write'],
  reconcile: ['read', 'write'],
  inbound: ['read', 'write'],
  sources: ['read', 'write'],
  metrics: ['read'],
} as const;

type Areas = typeof AREAS;
/** What one route asks for. */
export type RouteScope = { [Area in keyof Areas]: `${Area}:${Areas[Area][number]}` }[keyof Areas];
/** What a key is given: areas, or all of them at once. */
export type Scope = RouteScope | 'read' | 'write';

const routeScopes = Object.entries(AREAS).flatMap(([area, rights]) => rights.map((right) => `${area}:${right}`));
export const SCOPES: readonly Scope[] = ['read', 'write', ...(routeScopes as RouteScope[])];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** `write` includes `read`, in one area and over all of them. */
export function allows(scopes: readonly Scope[], needed: RouteScope): boolean {
  const [area = '', right] = needed.split(':');
  const enough: readonly string[] = right === 'read' ? ['read', 'write'] : ['write'];
  return scopes.some((scope) => enough.includes(scope) || enough.some((one) => scope === `${area}:${one}`));
}
