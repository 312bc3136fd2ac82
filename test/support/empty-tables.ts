/**
 * Statements that empty tables and all that refer to them, and begin their numbers anew. For tests that begin again and
 * again: TRUNCATE makes new files of each table and index, which takes far longer than deleting a few rows.
 */
export function emptyTables(...names: readonly string[]): string {
  return `DO $$
    DECLARE tables regclass[]; one regclass;
    BEGIN
      WITH RECURSIVE given AS (
        SELECT name::regclass::oid AS rel, 0 AS depth FROM unnest(string_to_array('${names.join(',')}', ',')) AS name
        UNION
        SELECT c.conrelid, given.depth + 1 FROM pg_constraint c JOIN given ON c.confrelid = given.rel
        WHERE c.contype = 'f' AND c.conrelid <> c.confrelid
      )
      SELECT array_agg(rel ORDER BY depth DESC) INTO tables FROM (SELECT rel, max(depth) AS depth FROM given GROUP BY rel) AS g;
      FOREACH one IN ARRAY tables LOOP EXECUTE format('DELETE FROM %s', one); END LOOP;
      PERFORM setval(d.objid, 1, false) FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      WHERE d.refobjid = ANY (tables) AND d.deptype = 'i';
    END $$;`;
}
