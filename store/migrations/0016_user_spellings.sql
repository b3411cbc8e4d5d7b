-- Ids of users that are e-mail addresses are stored in lower case from here on (`model/src/spelling.rs`). Whoever was stored
-- otherwise stays who it is, and what comes in lower case is the same person's: with one alias for each spelling beside
-- the one that is kept, which is the lower case where it was stored, and else the first.
INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by)
SELECT site, kept AS user, concat('@', other) AS visitor, 'alias' AS source, '' AS session, now64(3) AS at, toInt8(1) AS sign,
    at AS ts, 'event' AS recorded_by
FROM
(
    SELECT site, lower(user) AS spelled, groupUniqArray(user) AS stored,
        if(has(stored, spelled), spelled, arrayMin(stored)) AS kept,
        arrayJoin(arrayFilter(one -> one != kept, arrayDistinct(arrayPushBack(stored, spelled)))) AS other
    FROM (SELECT DISTINCT site, user FROM events WHERE match(user, '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:].]+$'))
    GROUP BY site, spelled
)
-- Whoever is an alias already is whoever was said.
WHERE (site, concat('@', other)) NOT IN (SELECT site, visitor FROM identity_edges WHERE source = 'alias');
