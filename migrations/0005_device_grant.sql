-- Logins that a device has asked for and a person approves elsewhere (RFC 8628). `approved` is NULL until somebody decides;
-- `session_id` is what the device code was redeemed for, once.
CREATE TABLE device_grant (
  id               TEXT PRIMARY KEY,
  user_code        TEXT NOT NULL UNIQUE,
  client_name      TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  polled_at        INTEGER NOT NULL,
  interval         INTEGER NOT NULL,
  user_agent       TEXT,
  country          TEXT,
  network          TEXT,
  user_id          TEXT REFERENCES user (id) ON DELETE CASCADE,
  password_version INTEGER,
  approved         INTEGER,
  session_id       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX device_grant_by_age ON device_grant (created_at);
CREATE INDEX device_grant_by_network ON device_grant (network);
CREATE INDEX device_grant_by_user ON device_grant (user_id);
