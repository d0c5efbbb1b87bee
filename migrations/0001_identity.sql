-- Times are whole seconds since 1970. Names and addresses are ASCII, so NOCASE compares them exactly without regard to case.
-- Tables only ever gain columns: rebuilding a parent on D1 would delete its children.

CREATE TABLE user (
  id               TEXT    NOT NULL PRIMARY KEY,
  username         TEXT    NOT NULL COLLATE NOCASE UNIQUE,
  email            TEXT    NOT NULL COLLATE NOCASE UNIQUE,
  role             TEXT    NOT NULL DEFAULT 'user',
  password_hash    TEXT    NOT NULL,           -- PHC string; changes with the password and with the hash's cost
  password_version INTEGER NOT NULL DEFAULT 1, -- changes with the password alone
  created_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  id         TEXT    NOT NULL PRIMARY KEY,
  user_id    TEXT    NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL DEFAULT 1, -- of its refresh token
  created_at INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,           -- written by rotation alone: last use, idle expiry
  ended_at   INTEGER,
  user_agent TEXT,                       -- as sent, cut to 256 characters
  country    TEXT,                       -- ISO 3166-1 alpha-2
  network    TEXT                        -- the client's address with its host part removed
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_user ON session (user_id, ended_at, rotated_at);
CREATE INDEX session_by_last_use ON session (rotated_at);

-- What ends a session inserts here. Isolates read on by seq, which AUTOINCREMENT never hands out twice. No foreign key:
-- the sessions of a deleted user are revoked, too.
CREATE TABLE revocation (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT    NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX revocation_by_expiry ON revocation (expires_at);

-- Who did what, with which outcome. No foreign key: a deletion is an event of the user it deleted.
CREATE TABLE audit_event (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  at         INTEGER NOT NULL,
  user_id    TEXT,
  session_id TEXT,
  action     TEXT    NOT NULL,
  outcome    TEXT    NOT NULL,
  reason     TEXT,
  request_id TEXT    NOT NULL,
  user_agent TEXT,
  country    TEXT,
  network    TEXT
) STRICT;

CREATE INDEX audit_event_by_user ON audit_event (user_id, at);
CREATE INDEX audit_event_by_time ON audit_event (at);
