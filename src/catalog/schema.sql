-- Version 1. Migrations only go forward: later versions add files beside this one.

-- One delivery. `sequence` is given when a run's fetching has ended; until then the delivery waits.
CREATE TABLE submissions (
    id           INTEGER PRIMARY KEY,
    sequence     INTEGER UNIQUE,
    connector    TEXT NOT NULL,
    region       TEXT NOT NULL,           -- '' where the source speaks for many
    window       TEXT NOT NULL,           -- '' where the source has no windows
    versions     TEXT NOT NULL,           -- dataset@version, comma separated
    parts_hash   TEXT NOT NULL,           -- sha256 over the parts' sha256, in order
    file         TEXT,                    -- name of a dropped file
    origin       TEXT,                    -- where it was dropped; NULL once it is in processed/
    modified     INTEGER NOT NULL,        -- of a dropped file, nanoseconds since 1970; else 0
    received_at  TEXT NOT NULL,           -- clock, UTC
    received_on  TEXT NOT NULL,           -- as-of date of the run that landed it
    cursor       TEXT,                    -- window end to record with the outcome
    illustrative INTEGER NOT NULL,
    notes        TEXT NOT NULL,           -- findings made while fetching, JSON
    state        TEXT NOT NULL            -- landed, numbered, staged, done
        CHECK (state IN ('landed', 'numbered', 'staged', 'done')),
    status       TEXT                     -- accepted, accepted_in_part, held, refused, duplicate
);
CREATE INDEX submissions_of_slice ON submissions (connector, region, window, sequence);
CREATE INDEX submissions_open ON submissions (state) WHERE state <> 'done';

CREATE TABLE parts (
    submission INTEGER NOT NULL REFERENCES submissions (id),
    ordinal    INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    name       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    request    TEXT NOT NULL,             -- query parameters without secrets, JSON
    PRIMARY KEY (submission, ordinal)
) WITHOUT ROWID;

-- What became of a submission in each dataset.
CREATE TABLE outcomes (
    sequence     INTEGER NOT NULL,
    dataset      TEXT NOT NULL,
    status       TEXT NOT NULL,
    read         INTEGER NOT NULL,
    accepted     INTEGER NOT NULL,
    quarantined  INTEGER NOT NULL,
    repeated     INTEGER NOT NULL,
    not_observed INTEGER NOT NULL,
    ignored      INTEGER NOT NULL,
    findings     INTEGER NOT NULL,
    merged       INTEGER NOT NULL,        -- 1: in the model, or nothing to merge
    complete     INTEGER NOT NULL,        -- 1: all of it was read and accepted, so it may end rows (`replace`)
    PRIMARY KEY (sequence, dataset)
) WITHOUT ROWID;

-- The list of places: `_part` of rows is `ordinal`.
CREATE TABLE places (
    sequence INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    part     INTEGER NOT NULL,
    sheet    TEXT,
    PRIMARY KEY (sequence, ordinal)
) WITHOUT ROWID;

-- Refused rows already in quarantine: the same row is not entered again.
CREATE TABLE quarantined (
    dataset  TEXT NOT NULL,
    digest   BLOB NOT NULL,               -- see check::Digest
    sequence INTEGER NOT NULL,
    PRIMARY KEY (dataset, digest)
) WITHOUT ROWID;

CREATE TABLE cursors (
    connector  TEXT NOT NULL,
    region     TEXT NOT NULL,
    window_end TEXT NOT NULL,
    PRIMARY KEY (connector, region)
) WITHOUT ROWID;

-- The model: which file holds which partition. This table is the commit point of a merge.
CREATE TABLE partitions (
    dataset   TEXT NOT NULL,
    partition TEXT NOT NULL,
    file      TEXT NOT NULL,              -- name below model/<dataset>/<partition>/
    rows      INTEGER NOT NULL,
    sha256    TEXT NOT NULL,
    PRIMARY KEY (dataset, partition)
) WITHOUT ROWID;

CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    ended_at   TEXT,
    as_of      TEXT NOT NULL,
    exit_code  INTEGER,
    report     TEXT                       -- JSON
);

CREATE TABLE releases (
    id         TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    as_of      TEXT NOT NULL,
    program    TEXT NOT NULL
);

-- Who may do a thing now. A lease of a dead process is taken over.
CREATE TABLE leases (
    name       TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,             -- process and start time
    taken_at   TEXT NOT NULL
);

-- What is due: one row a schedule, the next moment in UTC.
CREATE TABLE due (
    name    TEXT PRIMARY KEY,
    cron    TEXT NOT NULL,
    next_at TEXT NOT NULL
);

-- What people did.
CREATE TABLE audit (
    at     TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL
);
