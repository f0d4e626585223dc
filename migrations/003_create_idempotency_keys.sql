-- What creates with an Idempotency-Key have been answered, so that a client that does not know whether its request has arrived can send it again.
-- A row is written in the transaction of the create that it belongs to. It counts for 24 hours; the writer removes it afterwards.
--
-- owner            Whose key it is: the name of an access token, or nothing for anonymous clients. Two owners may choose the same key.
-- key              As the client sent it, without quotes.
-- fingerprint      SHA-256 of what was asked for, in hexadecimal: the same key with another request is refused.
-- status, body     The answer as it was sent; the entity tag follows from the body.
-- conversation_id  What was created. No foreign key: the answer stays the same when the conversation has been changed or deleted since.
-- created_at       In the format of conversations.created_at.
CREATE TABLE idempotency_keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
    status INTEGER NOT NULL,
    conversation_id TEXT NOT NULL CHECK (length(conversation_id) = 36),
    body TEXT NOT NULL,
    created_at TEXT NOT NULL CHECK (length(created_at) = 24),
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;

-- For the removal, a few rows at a time: without it each step would read the whole table, which is 30 ms with 100,000 keys instead of 0.1.
CREATE INDEX idempotency_keys_oldest_first ON idempotency_keys (created_at);
