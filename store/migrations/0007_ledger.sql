-- Their numbers are in `outcomes`.
DROP VIEW IF EXISTS stored_hours_from_events {on_cluster} SYNC;

DROP TABLE IF EXISTS stored_hours {on_cluster} SYNC;

DROP TABLE IF EXISTS ledger {on_cluster} SYNC;

-- The same numbers, one a row, for whoever asks the store itself.
CREATE OR REPLACE VIEW ledger {on_cluster} AS
SELECT site, hour, collector, counted.1 AS outcome, reason, counted.2 AS events
FROM
(
    SELECT site, hour, collector, reason, arrayJoin([('accepted', accepted), ('duplicate', duplicate),
        ('rejected', rejected)]) AS counted
    FROM outcomes FINAL
)
WHERE events > 0;
