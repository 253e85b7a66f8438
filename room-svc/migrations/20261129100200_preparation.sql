-- Expand: how far the file of an item is on its way to the screens. An encoded syncwatch.room.v1.ItemPreparation, written by
-- media-svc; NULL for what is no upload.
ALTER TABLE room.items ADD COLUMN preparation bytea;
