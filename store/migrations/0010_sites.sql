DROP TABLE IF EXISTS sites {on_cluster} SYNC;

-- The same, a site a row, for whoever asks the store itself.
CREATE OR REPLACE VIEW sites {on_cluster} AS
SELECT site, anyIf(value, field = 'name') AS name, anyIf(value, field = 'timezone') AS timezone,
    anyIf(value, field = 'currency') AS currency,
    arrayFilter(origin -> origin != '', splitByChar('\n', anyIf(value, field = 'origins'))) AS origins
FROM site_settings FINAL
GROUP BY site;
