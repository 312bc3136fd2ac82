-- An order that becomes known was placed behind a number that was applied long before: then it need not be read what the channel says.
ALTER TABLE publications ADD COLUMN applied_by timestamptz;
UPDATE publications p SET applied_by = now() FROM channel_accounts a WHERE a.account_no = p.account_no AND a.overwrites;
COMMENT ON COLUMN publications.applied_by IS 'By then its channel had applied the last number that it was sent: what it sells later it takes off that. NULL: none was sent.';
