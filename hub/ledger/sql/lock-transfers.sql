-- Takes the rows of transfers, new ones too, in one order, so that two transactions never wait for each other: merges of
-- sender and receiver run under locks of different locations. $1-$4: location_no, incoming, other store's code, transfer.
-- The transfer is known by its sender: for a receipt that is the other store.
WITH named AS (
  SELECT DISTINCT CASE WHEN n.incoming THEN n.other ELSE l.code END AS from_code, n.transfer
  FROM unnest($1::int[], $2::boolean[], string_to_array($3, E'\n'), string_to_array($4, E'\n'))
    AS n (location_no, incoming, other, transfer)
  JOIN locations l USING (location_no)
)
INSERT INTO transfers (from_code, transfer)
SELECT from_code, transfer FROM named ORDER BY from_code COLLATE "C", transfer COLLATE "C"
ON CONFLICT (from_code, transfer) DO UPDATE SET transfer = excluded.transfer
RETURNING transfer_no
