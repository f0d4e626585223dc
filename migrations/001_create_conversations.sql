-- The conversations: what the service exists to keep.
--
-- id          A UUID in lower-case text. The server makes version 7 (RFC 9562), whose first bits are the time, so that new rows are added at
--             the end of the index instead of everywhere in it. Text, not a blob: it is readable in every tool, and is what the API speaks.
-- title       1 to 255 characters; the server trims it and refuses control characters before it comes here.
-- created_at  UTC as YYYY-MM-DDTHH:MM:SS.mmmZ (RFC 3339), which sorts as text in the order of time and is sent to clients as it is.
-- updated_at  The same format; the trigger below keeps it.
--
-- NOT NULL stands beside PRIMARY KEY because SQLite would otherwise allow a NULL key. The checks are the last line of defence for
-- rows that do not come through the server.
CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 255),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (length(created_at) = 24),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CHECK (length(updated_at) = 24)
);

-- The list is read newest first. Rows made in the same millisecond are told apart by their id, in the same direction, so that a page
-- can begin exactly behind the last row of the one before: no row is skipped or repeated, and no sorting is needed.
CREATE INDEX conversations_newest_first ON conversations (created_at DESC, id DESC);

-- Whoever changes a row, the server or a person with the sqlite3 shell, updated_at tells when. A statement that sets updated_at
-- itself keeps what it sets. Time never runs backwards for a row, even when the clock of the machine does.
CREATE TRIGGER conversations_keep_updated_at
AFTER UPDATE ON conversations
FOR EACH ROW
WHEN NEW.updated_at = OLD.updated_at
BEGIN
    UPDATE conversations
    SET updated_at = max(OLD.updated_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    WHERE id = NEW.id;
END;
