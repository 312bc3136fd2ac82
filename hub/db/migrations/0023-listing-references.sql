-- Channels name listings by their own references in webhooks: each change of a number there comes as one.
CREATE INDEX publications_by_reference ON publications (account_no, reference) WHERE reference IS NOT NULL;
