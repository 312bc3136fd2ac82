-- Skus of positions that have no product, or a deleted one: $1 the sku after which the page begins, $2 rows. Steps from sku to
-- sku in the index, since each has many positions.
WITH RECURSIVE named (sku) AS (
  SELECT min(sku COLLATE "C") FROM positions WHERE sku > $1
  UNION ALL
  SELECT (SELECT min(p.sku COLLATE "C") FROM positions p WHERE p.sku > n.sku) FROM named n WHERE n.sku IS NOT NULL
), unknown AS MATERIALIZED (
  SELECT n.sku
  FROM named n
  WHERE n.sku IS NOT NULL AND NOT EXISTS (SELECT FROM products x WHERE x.sku = n.sku AND NOT x.deleted)
  ORDER BY n.sku
  LIMIT $2
)
SELECT u.sku, there.*
FROM unknown u
CROSS JOIN LATERAL (
  SELECT count(*)::int AS positions, sum(p.on_hand)::bigint AS "onHand",
    (array_agg(l.code ORDER BY l.code))[1:20] AS locations
  FROM positions p
  JOIN locations l ON l.location_no = p.location_no
  WHERE p.sku = u.sku
) AS there
ORDER BY u.sku
