-- Expand: items refer to assets of media-svc, which measures them. An item from before has no asset. It keeps the length that
-- it has; a length that nobody had found out stays unknown, and the room goes on when its players report the end.
ALTER TABLE room.items ADD COLUMN asset_id uuid;
CREATE INDEX items_asset ON room.items (asset_id) WHERE asset_id IS NOT NULL;
