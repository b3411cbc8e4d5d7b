/** The worked questions of docs/sql.md, which a test holds these against; all three take the period of the page. */
export const examples = {
  campaigns: `WITH
    touches AS (
        SELECT person, argMin(utm_campaign, started) AS campaign, min(started) AS touched_at
        FROM visits
        WHERE utm_campaign != '' AND NOT is_bot AND day BETWEEN {from:Date} AND {to:Date}
        GROUP BY person
    ),
    purchases AS (
        SELECT person, ts, kind, revenue
        FROM events
        WHERE kind IN ('order', 'refund') AND currency = 'EUR' AND NOT is_bot
            AND day BETWEEN {from:Date} AND {to:Date}
    )
SELECT
    campaign,
    uniqExact(touches.person) AS people,
    uniqExactIf(touches.person, kind = 'order' AND ts >= touched_at) AS buyers,
    sumIf(purchases.revenue, ts >= touched_at) AS money
FROM touches
LEFT JOIN purchases ON purchases.person = touches.person
GROUP BY campaign
ORDER BY money DESC, campaign
LIMIT 20`,
  carts: `WITH carts AS (
    SELECT
        visit,
        argMaxIf(page, ts, kind IN ('page_view', 'screen_view')) AS last_page,
        countIf(kind = 'order') = 0 AS is_left
    FROM events
    WHERE NOT is_bot AND day BETWEEN {from:Date} AND {to:Date}
    GROUP BY visit
    HAVING countIf(kind = 'add_to_cart') > 0
)
SELECT last_page, count() AS carts_left, round(carts_left / sum(carts_left) OVER (), 2) AS share
FROM carts
WHERE is_left
GROUP BY last_page
ORDER BY carts_left DESC, last_page
LIMIT 20`,
  repeats: `WITH
    buying AS (
        SELECT DISTINCT person, toMonday(day) AS week
        FROM events
        WHERE kind = 'order' AND NOT is_bot AND day BETWEEN {from:Date} AND {to:Date}
    ),
    cohorts AS (SELECT person, min(week) AS cohort FROM buying GROUP BY person)
SELECT
    cohort,
    count() AS buyers,
    countIf(has(weeks_later, 1)) AS after_1,
    countIf(has(weeks_later, 2)) AS after_2,
    countIf(has(weeks_later, 3)) AS after_3,
    round(countIf(length(weeks_later) > 1) / buyers, 2) AS share_again
FROM (
    SELECT cohort, groupArray(dateDiff('week', cohort, week)) AS weeks_later
    FROM buying INNER JOIN cohorts ON buying.person = cohorts.person
    GROUP BY cohort, buying.person
)
GROUP BY cohort
ORDER BY cohort`,
} as const;

export type ExampleName = keyof typeof examples;
export const exampleNames = Object.keys(examples) as ExampleName[];
