-- Where asking a channel for its orders goes on.
ALTER TABLE channel_accounts ADD COLUMN orders_page json;
COMMENT ON COLUMN channel_accounts.orders_page IS 'Its orders are asked for page by page: since when, when that began, and where the next page begins. NULL: with the first page.';
