-- For reading all that a user has, page by page.
CREATE INDEX document_by_user ON document (user_id, id);
