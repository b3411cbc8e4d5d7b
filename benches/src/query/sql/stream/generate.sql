-- {SEED} {LO} {CNT} are filled in by `stream.rs`. Every random choice is a hash of (seed, visitor, session, event, purpose),
-- so that the stream is the same on every machine, whatever the threads, block sizes or chunking.
-- Guarantees: >=2 s between two events of a visit, visits of one visitor >=30 min apart (so that a 30-minute
-- session rule, wherever it runs, gives the same visits), a visit with one pageview has no interactive event.
INSERT INTO src.stream
WITH
    toDateTime('2026-01-05 00:00:00', 'UTC') AS t0,
    56 * 86400 - 3600 AS span,
    ['US','IT','DE','FR','GB','ES','IN','BR','NL','PL','CA','CH','AT','SE','PT','JP','AU','BE','RO','GR'] AS countries,
    ['newsletter','facebook','google','linkedin','tiktok'] AS usrc,
    ['email','social','cpc','social','social'] AS umed
SELECT
    v, j, i, sid, i = 1 AS is_first, start, start + off AS ts, toUInt32(sid % 1000000) AS frac,
    if(nm = 'products', 'pageview', nm) AS name, pg AS page,
    country, concat(country, '-', toString(vh % 10)) AS region, concat(country, ' city ', toString(vh % 40)) AS city,
    35 + (vh % 40) * 0.37 AS lat, -10 + (vh % 90) * 0.61 AS lon,
    device, browser, concat(toString(118 + vh % 12), '.0') AS bver, os, toString(10 + vh % 6) AS osver,
    concat(lower(country), '-', country) AS lang,
    multiIf(device = 'Mobile', 390, device = 'Tablet', 820, 1920) AS sw, multiIf(device = 'Mobile', 844, device = 'Tablet', 1180, 1080) AS sh,
    source, referrer, us AS utm_source, um AS utm_medium, uc AS utm_campaign,
    logs_in, logs_in AND j >= 1 AS logged,
    if(nm = 'purchase', toDecimal64(10 + floor(pow(pb_u(sipHash64({SEED}, v, j, i, 'rev')), 3) * 49000) / 100, 4), toDecimal64(0, 4)) AS revenue,
    multiIf(nm = 'purchase', ['order_id', 'plan', 'items'],
            nm = 'search', ['term'], nm = 'video_play', ['video_id'], nm = 'file_download', ['file'],
            nm IN ('add_to_cart', 'begin_checkout'), ['sku'], nm = 'signup', ['method'], []) AS pk,
    multiIf(nm = 'purchase', [concat('o-', toString(eh)), ['free','pro','team'][1 + eh % 3], toString(1 + eh % 4)],
            nm = 'search', [concat('term ', toString(eh % 500))], nm = 'video_play', [concat('vid-', toString(eh % 50))],
            nm = 'file_download', [concat('file-', toString(eh % 80), '.pdf')],
            nm IN ('add_to_cart', 'begin_checkout'), [concat('sku-', toString(eh % 300))],
            nm = 'signup', [['email','google','apple'][1 + eh % 3]], []) AS pv,
    if(nm = 'web_vitals', round(900 + 4200 * pow(pb_u(sipHash64({SEED}, v, j, i, 'lcp')), 2)), 0) AS lcp,
    if(nm = 'web_vitals', round(0.35 * pow(pb_u(sipHash64({SEED}, v, j, i, 'cls')), 3), 3), 0) AS cls,
    if(nm = 'web_vitals', round(40 + 500 * pow(pb_u(sipHash64({SEED}, v, j, i, 'inp')), 2)), 0) AS inp,
    if(nm = 'web_vitals', round(500 + 2200 * pow(pb_u(sipHash64({SEED}, v, j, i, 'fcp')), 2)), 0) AS fcp,
    if(nm = 'web_vitals', round(80 + 900 * pow(pb_u(sipHash64({SEED}, v, j, i, 'ttf')), 2)), 0) AS ttfb
FROM
(
    SELECT *, nm, off, pg, i, sipHash64({SEED}, v, j, i, 'e') AS eh
    FROM
    (
        SELECT v, j, sid, start, vh, country, device, browser, os, source, referrer, us, um, uc, logs_in, names, offs, pages
        FROM
        (
            SELECT *,
                arrayConcat(['pageview'],
                    if(device = 'Mobile' AND pb_u(sipHash64({SEED}, v, j, 'vit')) < 0.4, ['web_vitals'], []),
                    if(n_pv > 1 AND pb_u(sipHash64({SEED}, v, j, 'x')) < 0.25,
                        [['signup','video_play','newsletter_signup','file_download','search','add_to_cart'][1 + sipHash64({SEED}, v, j, 'xk') % 6]], []),
                    arrayMap(x -> 'pageview', range(toUInt64(n_pv - 1))),
                    arraySlice(['products', 'add_to_cart', 'begin_checkout', 'purchase'], 1, tail)) AS names,
                arrayMap((x, q) -> multiIf(x = 'products', '/products', x != 'pageview', '', pb_page(sipHash64({SEED}, v, j, q, 'pg'))),
                         names, arrayEnumerate(names)) AS pages0,
                arrayFill(x -> x != '', pages0) AS pages,
                arrayCumSum(arrayMap((x, q) -> if(q = 1, 0, 2 + least(168, toUInt32(-log(1 - pb_u(sipHash64({SEED}, v, j, q, 'gap'))) * 38))),
                         names, arrayEnumerate(names))) AS offs
            FROM
            (
                SELECT *,
                    sipHash64({SEED}, v, j, 'sid') AS sid,
                    t0 + toUInt32(arr + (j + 0.4 * pb_u(sipHash64({SEED}, v, j, 'st'))) / k * life) AS start,
                    if(pb_u(sipHash64({SEED}, v, j, 'b')) < 0.42, 1,
                        2 + least(10, toUInt32(-log(1 - pb_u(sipHash64({SEED}, v, j, 'n'))) * 2.5))) AS n_pv,
                    pb_u(sipHash64({SEED}, v, j, 't')) AS ut,
                    if(n_pv = 1, 0, multiIf(ut < 0.80, 0, ut < 0.88, 1, ut < 0.94, 2, ut < 0.975, 3, 4)) AS tail,
                    pb_u(sipHash64({SEED}, v, j, 's')) AS usr,
                    sipHash64({SEED}, v, j, 'sk') AS sk,
                    if(usr >= 0.85, usrc[1 + sk % 5], '') AS us,
                    if(usr >= 0.85, umed[1 + sk % 5], '') AS um,
                    if(usr >= 0.85, concat('campaign-', toString(toUInt32(exp(pb_u(sipHash64({SEED}, v, j, 'uc')) * log(30))))), '') AS uc,
                    multiIf(usr < 0.35, '', usr < 0.60, 'google.com', usr < 0.66, 'bing.com', usr < 0.70, 'duckduckgo.com',
                            usr < 0.85, concat('site-', toString(toUInt32(exp(pb_u(sipHash64({SEED}, v, j, 'rf')) * log(60)))), '.example'), '') AS refdom,
                    if(us != '', us, refdom) AS source,
                    if(refdom = '', '', concat('https://', refdom, '/', if(usr >= 0.70, concat('p/', toString(sk % 200)), ''))) AS referrer
                FROM
                (
                    SELECT *, arrayJoin(range(toUInt64(k))) AS j
                    FROM
                    (
                        SELECT number AS v,
                            sipHash64({SEED}, v, 'vh') AS vh,
                            pb_u(sipHash64({SEED}, v, 'arr')) * span * 0.95 AS arr,
                            (span - arr) * sqrt(pb_u(sipHash64({SEED}, v, 'life'))) AS life,
                            toUInt32(least(200, floor(pow(1 - pb_u(sipHash64({SEED}, v, 'k')), -1 / 1.05)))) AS k0,
                            greatest(1, least(k0, toUInt32(floor(life / 10800)))) AS k,
                            countries[1 + toUInt32(floor(20 * pow(pb_u(sipHash64({SEED}, v, 'c')), 2)))] AS country,
                            pb_u(sipHash64({SEED}, v, 'd')) AS ud,
                            multiIf(ud < 0.58, 'Mobile', ud < 0.93, 'Desktop', 'Tablet') AS device,
                            pb_u(sipHash64({SEED}, v, 'br')) AS ub,
                            multiIf(device != 'Desktop', if(ub < 0.45, 'Safari', if(ub < 0.92, 'Chrome', 'Firefox')),
                                    if(ub < 0.62, 'Chrome', if(ub < 0.77, 'Safari', if(ub < 0.9, 'Microsoft Edge', 'Firefox')))) AS browser,
                            multiIf(device != 'Desktop', if(browser = 'Safari', 'iOS', 'Android'), browser = 'Safari', 'Mac', ub < 0.3, 'Mac', 'Windows') AS os,
                            pb_u(sipHash64({SEED}, v, 'l')) < 0.10 AND k > 1 AS logs_in
                        FROM numbers({LO}, {CNT})
                    )
                )
            )
        )
    )
    ARRAY JOIN names AS nm, offs AS off, pages AS pg, arrayEnumerate(names) AS i
);
