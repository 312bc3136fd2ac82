-- Where a number of ours may come over units that were sold meanwhile, an order that becomes known tells nothing of what the channel says.
ALTER TABLE channel_accounts ADD COLUMN overwrites boolean NOT NULL DEFAULT false;
UPDATE channel_accounts SET overwrites = true
WHERE counts_down AND (kind IN ('amazon', 'walmart') OR (kind = 'signedWebhook' AND settings ->> 'bulk' IS NOT NULL));
COMMENT ON COLUMN channel_accounts.overwrites IS 'A number of ours may come over units that the channel has sold meanwhile, unseen: it goes by feeds, or is applied later.';
