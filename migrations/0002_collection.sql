CREATE TABLE collection (
  id             TEXT    NOT NULL PRIMARY KEY,
  user_id        TEXT    NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  name           TEXT    NOT NULL,
  description    TEXT,
  metadata       TEXT    NOT NULL DEFAULT '{}', -- a JSON object
  document_count INTEGER NOT NULL DEFAULT 0,    -- kept by the triggers below
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  UNIQUE (user_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX collection_by_age ON collection (user_id, created_at, id);

CREATE TABLE document (
  id            TEXT    NOT NULL PRIMARY KEY,
  collection_id TEXT    NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
  user_id       TEXT    NOT NULL,
  filename      TEXT    NOT NULL,
  metadata      TEXT    NOT NULL DEFAULT '{}', -- a JSON object
  chunk_count   INTEGER NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX document_by_collection ON document (collection_id, created_at, id);

CREATE TABLE chunk (
  seq         INTEGER PRIMARY KEY,
  document_id TEXT    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL, -- in its document, from 0
  scope       TEXT    NOT NULL, -- the collection's id without hyphens: one word of the index, so a search stays within it
  content     TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX chunk_by_document ON chunk (document_id, position);

-- External content: the text stands in chunk alone. The triggers keep both in step within whatever statement changes
-- chunk, a cascade from a deleted user included.
CREATE VIRTUAL TABLE chunk_index USING fts5 (
  scope, content,
  content = 'chunk', content_rowid = 'seq',
  tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER chunk_added AFTER INSERT ON chunk BEGIN
  INSERT INTO chunk_index (rowid, scope, content) VALUES (new.seq, new.scope, new.content);
END;

CREATE TRIGGER chunk_removed AFTER DELETE ON chunk BEGIN
  INSERT INTO chunk_index (chunk_index, rowid, scope, content) VALUES ('delete', old.seq, old.scope, old.content);
END;

CREATE TRIGGER document_added AFTER INSERT ON document BEGIN
  UPDATE collection SET document_count = document_count + 1, updated_at = max(updated_at, new.created_at) WHERE id = new.collection_id;
END;

CREATE TRIGGER document_removed AFTER DELETE ON document BEGIN
  UPDATE collection SET document_count = document_count - 1 WHERE id = old.collection_id;
END;
