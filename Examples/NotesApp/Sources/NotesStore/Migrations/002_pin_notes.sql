-- A pinned note stands above the others. Old notes are not pinned, which the default says for them.
ALTER TABLE note ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1));

CREATE INDEX note_order ON note (is_pinned DESC, id);

UPDATE note SET is_pinned = 1 WHERE id = 1;
