mod query_api;
mod support;
use query_api::Service;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn scale() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let t = Instant::now();
    // 100k visitors, 3 sessions each, 7 events a session = 2.1M events in 30 days; a fifth identifies in session 2.
    for part in 0..7 {
        service.store.execute(&format!("INSERT INTO events (site, event_id, ts, received_at, visitor, user, session, kind, touchpoint, host, path, source, channel, country, device_class, browser, os, language, props, revenue, currency) \
      SELECT 'demo', generateUUIDv7(number), fromUnixTimestamp64Milli(toInt64(1794000000000 + cityHash64(v, s) % (29*86400000) + e*20000), 'UTC') AS t, t, toString(reinterpretAsUUID(sipHash128(v))), \
      if(v % 5 = 0 AND (s > 0 ) AND e > 2, concat('user', toString(intDiv(v, 5)), '@example.it'), ''), toString(reinterpretAsUUID(sipHash128(v, s))), \
      multiIf(v % 5 = 0 AND s = 1 AND e = 2, 'identify', e = 6 AND v % 50 = 0, 'order', 'page_view'), 'site', 'h', concat('/p', toString(cityHash64(v,s,e) % 500)), \
      ['Google','news',''][1 + v % 3], ['organic_search','email',''][1 + v % 3], ['IT','FR','DE'][1 + v % 3], 'desktop', 'Chrome', 'Windows', 'it-IT', map('a','b'), if(e = 6 AND v % 50 = 0, 12.5, 0), if(e = 6 AND v % 50 = 0, 'EUR', '') \
      FROM (SELECT number, intDiv(number, 21) AS v, intDiv(number, 7) % 3 AS s, number % 7 AS e FROM numbers({}, 300000))", part * 300_000), &[]).await.unwrap();
    }
    eprintln!("insert {:?}", t.elapsed());
    service.store.execute("OPTIMIZE TABLE sessions FINAL", &[]).await.unwrap();
    let e = service.store.endpoint();
    std::fs::write("/tmp/q-temp/endpoint", format!("{} {} {}", e.url, e.user, e.password)).unwrap();
    while !std::path::Path::new("/tmp/q-temp/stop").exists() {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    service.engine.stop().await;
}
