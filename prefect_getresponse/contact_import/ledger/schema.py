"""The tables of a ledger."""

from __future__ import annotations

from prefect_getresponse.contact_import import import_book, removals

_OWN_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, job TEXT NOT NULL, source TEXT NOT NULL,
    fingerprint TEXT NOT NULL, phase TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    rows_read INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE IF NOT EXISTS rows (
    run INTEGER NOT NULL, row INTEGER NOT NULL, key TEXT NOT NULL, contact TEXT, hash TEXT,
    action TEXT, steps TEXT, contact_id TEXT, chunk INTEGER, verdict TEXT, reason TEXT, detail TEXT,
    PRIMARY KEY (run, row)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_by_chunk ON rows (run, chunk) WHERE chunk IS NOT NULL;
CREATE TABLE IF NOT EXISTS chunks (
    run INTEGER NOT NULL, chunk INTEGER NOT NULL, route TEXT NOT NULL, state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0, sent REAL, PRIMARY KEY (run, chunk)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed (
    run INTEGER NOT NULL, standing TEXT NOT NULL, key TEXT NOT NULL, contact_id TEXT, name TEXT,
    PRIMARY KEY (run, standing, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    run INTEGER NOT NULL, endpoint TEXT NOT NULL, made INTEGER NOT NULL,
    PRIMARY KEY (run, endpoint)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""
INDEX_BY_KEY = "CREATE INDEX IF NOT EXISTS rows_by_key ON rows (run, key, row);"
TABLES = _OWN_TABLES + import_book.SCHEMA + removals.SCHEMA + INDEX_BY_KEY
