/** How channels name their orders, and say when they were placed. */
const NAMES = ['id', 'orderId', 'purchaseOrderId', 'increment_id'];
const INSTANTS = new Set(['createdTime', 'createdAt', 'orderDate', 'creationDate', 'created_at', 'orderedAt']);

/** An answer in which these orders say when they were placed in a form that nobody knows. All else is as it was. */
export function spoil(body: unknown, orders: ReadonlySet<string>): unknown {
  if (orders.size === 0) return body;
  return walk(JSON.parse(JSON.stringify(body)), orders, false);
}

function walk(value: unknown, orders: ReadonlySet<string>, isSpoiled: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => walk(one, orders, isSpoiled));
  if (typeof value !== 'object' || value === null) return value;
  const own = value as Record<string, unknown>;
  const isOne = isSpoiled || NAMES.some((name) => orders.has(String(own[name])));
  const entries = Object.entries(own).map(([name, part]) => [
    name,
    isOne && INSTANTS.has(name) ? { soon: true } : walk(part, orders, isOne),
  ]);
  return Object.fromEntries(entries);
}
