BEGIN TRANSACTION;
CREATE TABLE calls (
    run INTEGER NOT NULL, endpoint TEXT NOT NULL, made INTEGER NOT NULL,
    PRIMARY KEY (run, endpoint)
) WITHOUT ROWID;
CREATE TABLE chunks (
    run INTEGER NOT NULL, chunk INTEGER NOT NULL, route TEXT NOT NULL, state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0, sent REAL, PRIMARY KEY (run, chunk)
) WITHOUT ROWID;
CREATE TABLE holder (
    only INTEGER PRIMARY KEY CHECK (only = 1), epoch INTEGER NOT NULL, token TEXT NOT NULL,
    saves INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "holder" VALUES(1,0,'',0);
CREATE TABLE imports (
    run INTEGER NOT NULL, chunk INTEGER NOT NULL, import_id TEXT NOT NULL, status TEXT NOT NULL,
    counters TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (run, chunk)
) WITHOUT ROWID;
CREATE TABLE listed (
    run INTEGER NOT NULL, standing TEXT NOT NULL, key TEXT NOT NULL, contact_id TEXT, name TEXT,
    since REAL, PRIMARY KEY (run, standing, key)
) WITHOUT ROWID;
CREATE TABLE outcomes (
    key TEXT PRIMARY KEY, hash TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, at REAL NOT NULL,
    seen REAL
) WITHOUT ROWID;
INSERT INTO "outcomes" VALUES('bad@example.com','bb','rejected','refused_by_api',1767240001.0,1767240001.0);
INSERT INTO "outcomes" VALUES('jane@example.com','aa','seen',NULL,1767240001.0,1767240001.0);
CREATE TABLE removals (
    run INTEGER NOT NULL, contact_id TEXT NOT NULL, key TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (run, contact_id)
) WITHOUT ROWID;
CREATE TABLE rows (
    run INTEGER NOT NULL, row INTEGER NOT NULL, key TEXT NOT NULL, contact TEXT, hash TEXT,
    action TEXT, steps TEXT, contact_id TEXT, chunk INTEGER, verdict TEXT, reason TEXT, detail TEXT,
    consented TEXT,
    PRIMARY KEY (run, row)
) WITHOUT ROWID;
INSERT INTO "rows" VALUES(1,2,'jane@example.com','{"email":"jane@example.com"}','aa',NULL,NULL,NULL,NULL,'added',NULL,NULL,NULL);
INSERT INTO "rows" VALUES(1,3,'no@example.com',NULL,NULL,NULL,NULL,NULL,NULL,'refused','no_consent',NULL,NULL);
INSERT INTO "rows" VALUES(1,4,'bad@example.com','{"email":"bad@example.com"}','bb',NULL,NULL,NULL,NULL,'rejected','refused_by_api',NULL,NULL);
INSERT INTO "rows" VALUES(1,5,'whole@example.com','{"email":"whole@example.com"}','cc',NULL,NULL,NULL,NULL,'rejected','import_refused',NULL,NULL);
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, job TEXT NOT NULL, source TEXT NOT NULL,
    fingerprint TEXT NOT NULL, phase TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    rows_read INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL DEFAULT '{}'
);
INSERT INTO "runs" VALUES(1,'20260101-040000-abc123','job','customers.csv','fingerprint','sending',1767240000.0,NULL,4,'{}');
CREATE INDEX rows_by_chunk ON rows (run, chunk) WHERE chunk IS NOT NULL;
CREATE INDEX rows_by_key ON rows (run, key, row);
CREATE TRIGGER steps_of_chunks BEFORE UPDATE OF state ON chunks
WHEN OLD.state || '>' || NEW.state NOT IN ('planned>planned', 'planned>rejected', 'planned>sent', 'planned>split', 'sent>acknowledged', 'sent>in_doubt', 'sent>planned', 'sent>rejected', 'sent>sent', 'sent>split', 'sent>unknown', 'sent>verified', 'in_doubt>acknowledged', 'in_doubt>in_doubt', 'in_doubt>planned', 'in_doubt>unknown', 'acknowledged>acknowledged', 'acknowledged>failed', 'acknowledged>verified')
BEGIN SELECT RAISE(ABORT, 'a chunk cannot take this step'); END;
CREATE TRIGGER verdicts_are_final BEFORE UPDATE OF verdict ON rows
WHEN OLD.verdict IS NOT NULL AND NEW.verdict IS NOT OLD.verdict
 AND (SELECT phase FROM runs WHERE run = OLD.run) NOT IN ('reading', 'planning')
BEGIN SELECT RAISE(ABORT, 'a verdict never changes'); END;
CREATE TRIGGER ends_are_final BEFORE UPDATE OF phase ON runs
WHEN OLD.phase IN ('finished', 'interrupted') AND NEW.phase <> OLD.phase
BEGIN SELECT RAISE(ABORT, 'a run that has ended cannot go on'); END;
COMMIT;
PRAGMA user_version = 1122335796;
