-- What a note is: a text and when it was written.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL CHECK (text <> ''),
    written_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;

INSERT INTO note (text) VALUES ('Welcome. Write a note with: notes add TEXT');
