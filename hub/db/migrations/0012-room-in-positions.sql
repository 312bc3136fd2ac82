-- Merges rewrite positions again and again; half-filled pages take the new row beside the old one, without new index entries.

ALTER TABLE positions SET (fillfactor = 50);
