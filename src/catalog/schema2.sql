-- Version 2: contracts that models were built with, decisions, and submissions staged anew.

-- What a person decided on a held submission, kept for a rebuild: accepted or refused.
ALTER TABLE outcomes ADD COLUMN decision TEXT;
-- 1: held until its dataset's model is rebuilt for the contract; then it is judged again.
ALTER TABLE outcomes ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;

UPDATE outcomes SET decision = 'accepted' WHERE status IN ('accepted', 'accepted_in_part') AND EXISTS
    (SELECT 1 FROM audit WHERE action = 'submission accept' AND target = CAST(outcomes.sequence AS TEXT));
UPDATE outcomes SET decision = 'refused' WHERE status = 'refused' AND accepted > 0 AND EXISTS
    (SELECT 1 FROM audit WHERE action = 'submission refuse' AND target = CAST(outcomes.sequence AS TEXT));

-- The contract that each model was built with.
CREATE TABLE contracts (
    dataset TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    shape   TEXT NOT NULL,                -- what matters of it, JSON; '' where a version 1 catalog did not know
    waiting INTEGER NOT NULL DEFAULT 0    -- 1: the contract in force needs a rebuild; the model stays as it is
) WITHOUT ROWID;

-- Submissions whose outcome was recorded anew: their files stand in again/ until they are put in place.
CREATE TABLE restaged (
    sequence INTEGER PRIMARY KEY
);

-- Hash of everything that a release was made from; NULL where it is not known.
ALTER TABLE releases ADD COLUMN inputs TEXT;
