-- A row for each field of a site, so that who changes one changes no other, whoever else is at it.
CREATE TABLE site_settings {on_cluster}
(
    site String,
    -- name, timezone, currency, or origins: one a line, those that may send; none means any.
    field LowCardinality(String),
    value String,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY (site, field);

INSERT INTO site_settings
SELECT site, setting.1 AS field, setting.2 AS value, updated_at
FROM (SELECT * FROM sites FINAL)
ARRAY JOIN [('name', name), ('timezone', timezone), ('currency', currency),
    ('origins', arrayStringConcat(origins, '\n'))] AS setting;
