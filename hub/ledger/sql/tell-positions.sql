-- Puts positions into the change feed although they did not move: a journal learns by them that the hub has counted its
-- duplicates before. $1-$2: location_no, sku.
INSERT INTO changes (topic, scope, keys)
SELECT 'positions', location_no, array_agg(DISTINCT sku)
FROM unnest($1::int[], string_to_array($2, E'\n')) AS told (location_no, sku)
GROUP BY location_no
