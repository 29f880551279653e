"""The tables of a ledger, and what SQLite itself keeps from happening to them."""

from __future__ import annotations

from prefect_getresponse.contact_import.ledger.books import imports, removals
from prefect_getresponse.contact_import.ledger.records import NEXT_STATES

_OWN_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, job TEXT NOT NULL, source TEXT NOT NULL,
    fingerprint TEXT NOT NULL, phase TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    rows_read INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS rows (
    run INTEGER NOT NULL, row INTEGER NOT NULL, key TEXT NOT NULL, contact TEXT, hash TEXT,
    action TEXT, steps TEXT, contact_id TEXT, chunk INTEGER, verdict TEXT, reason TEXT, detail TEXT,
    consented TEXT,
    PRIMARY KEY (run, row)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_by_chunk ON rows (run, chunk) WHERE chunk IS NOT NULL;
CREATE INDEX IF NOT EXISTS rows_by_action ON rows (run, action, row) WHERE action IS NOT NULL;
CREATE INDEX IF NOT EXISTS rows_by_verdict ON rows (run, verdict, reason, chunk)
    WHERE verdict IS NOT NULL AND action IS NULL;
CREATE TABLE IF NOT EXISTS blocks (
    run INTEGER NOT NULL, row INTEGER NOT NULL, last INTEGER NOT NULL, mark BLOB NOT NULL,
    left_out BLOB NOT NULL, PRIMARY KEY (run, row)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    run INTEGER NOT NULL, chunk INTEGER NOT NULL, route TEXT NOT NULL, state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0, sent REAL, begun REAL, PRIMARY KEY (run, chunk)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed (
    run INTEGER NOT NULL, standing TEXT NOT NULL, key TEXT NOT NULL, contact_id TEXT, name TEXT,
    since REAL, origin TEXT, created REAL, PRIMARY KEY (run, standing, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, at REAL NOT NULL,
    seen REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    run INTEGER NOT NULL, endpoint TEXT NOT NULL, made INTEGER NOT NULL,
    PRIMARY KEY (run, endpoint)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS holder (
    only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL, token TEXT NOT NULL,
    saves INTEGER NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO holder VALUES (1, 0, '', 0);
CREATE TABLE IF NOT EXISTS said (
    source TEXT PRIMARY KEY, facts TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identity (
    only INTEGER PRIMARY KEY CHECK (only = 1), ledger_id TEXT NOT NULL, generation INTEGER NOT NULL,
    list_name TEXT NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO identity VALUES (1, '', 0, '');
"""
INDEX_BY_KEY = "CREATE INDEX IF NOT EXISTS rows_by_key ON rows (run, key, row, hash);"
_STEPS = ", ".join(
    f"'{state}>{next_state}'"
    for state, next_states in NEXT_STATES.items()
    for next_state in sorted({state, *next_states})
)
# Those of rows look at what was changed: before a change, SQLite would look for each row once more.
_LAWS = f"""
CREATE TRIGGER IF NOT EXISTS steps_of_chunks BEFORE UPDATE OF state ON chunks
WHEN OLD.state || '>' || NEW.state NOT IN ({_STEPS})
BEGIN SELECT RAISE(ABORT, 'a chunk cannot take this step'); END;
CREATE TRIGGER IF NOT EXISTS verdicts_are_final AFTER UPDATE OF verdict ON rows
WHEN OLD.verdict IS NOT NULL AND NEW.verdict IS NOT OLD.verdict
 AND (SELECT phase FROM runs WHERE run = OLD.run) NOT IN ('reading', 'planning')
BEGIN SELECT RAISE(ABORT, 'a verdict never changes'); END;
CREATE TRIGGER IF NOT EXISTS plans_stay AFTER UPDATE OF action ON rows
WHEN NEW.action IS NULL AND NEW.verdict IS NULL AND OLD.action IS NOT NULL
 AND (SELECT phase FROM runs WHERE run = OLD.run) NOT IN ('reading', 'planning')
BEGIN SELECT RAISE(ABORT, 'a row of a plan is never undecided again'); END;
CREATE TRIGGER IF NOT EXISTS ends_are_final BEFORE UPDATE OF phase ON runs
WHEN OLD.phase IN ('finished', 'interrupted') AND NEW.phase <> OLD.phase
BEGIN SELECT RAISE(ABORT, 'a run that has ended cannot go on'); END;
"""
TABLES = _OWN_TABLES + imports.SCHEMA + removals.SCHEMA + INDEX_BY_KEY + _LAWS
"""Makes whatever of them is missing."""

ADDED_COLUMNS = (
    ("rows", "consented TEXT"),
    ("listed", "since REAL"),
    ("listed", "origin TEXT"),
    ("listed", "created REAL"),
    ("outcomes", "seen REAL"),
    ("chunks", "begun REAL"),
)
"""Columns that ledgers of earlier versions lack."""
FENCED = "the ledger has another holder"
_FENCE = """
CREATE TEMP TRIGGER fence_{table}_{event} AFTER {event} ON main.{table}
WHEN (SELECT token FROM main.holder) IS NOT '{token}'
BEGIN SELECT RAISE(ABORT, '{fenced}'); END;
"""
_FENCED_TABLES = ("runs", "chunks", "rows", "outcomes", "imports", "removals", "said", "blocks")


def fence(token: str) -> str:
    """Statements that let a connection change nothing once the ledger has another holder.

    Args:
        token: The holder that it works for.
    """
    guarded = [(table, event) for table in _FENCED_TABLES for event in ("INSERT", "UPDATE")]
    return "".join(
        _FENCE.format(table=table, event=event, token=token, fenced=FENCED)
        for table, event in guarded
        if (table, event) != ("rows", "INSERT")  # many, and of no harm before the run is planned
    )
