-- Which of the user's login gates counts. The next one has counted nothing yet: that is how an operator lifts a stop.
ALTER TABLE user ADD COLUMN gate_epoch INTEGER NOT NULL DEFAULT 0;
