//! A ClickHouse server elsewhere, in which orma must be let make a reader.

use axum::http::StatusCode;
use orma_query::AppState;
use orma_store::{Endpoint, Registry, Role, Store, reader};

use super::ask;
use crate::query_api::{ANALYST, Service};
use crate::support;
use crate::support::remote::Remote;

#[tokio::test(flavor = "multi_thread")]
async fn where_no_reader_can_be_made_the_answer_says_what_to_grant() {
    let remote = tokio::task::block_in_place(Remote::start);
    let own = tempfile::tempdir().unwrap();
    let mut service = Service::start(own.path()).await;
    let store = Store::connect(Endpoint::parse(&remote.url()).unwrap());
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::open(store.clone(), dir.path()).unwrap();
    let site = service.registry.snapshot().sites["demo"].clone();
    registry.put_site(&site).await.unwrap();
    registry.add_token(Role::Analyst, "demo", "anna", Some(ANALYST)).await.unwrap();
    service.state = AppState::new(store.clone(), registry, vec![7; 32], support::patient_config());
    let told = ask(&service, "SELECT 1").await;
    assert_eq!(
        told.refusal(),
        (StatusCode::NOT_IMPLEMENTED.as_u16(), "sql_not_set_up".to_owned()),
        "{}",
        told.text()
    );
    let message = told.message();
    assert!(message.contains("GRANT CREATE USER") && message.contains("orma_sql"), "{message}");
    assert!(!message.contains("127.0.0.1") && !message.contains(&store.endpoint().password), "{message}");
    // What would make it is SQL of this ClickHouse.
    let mut statements = reader::create_user(&store).to_vec();
    statements.extend(reader::rights_needed(&store).split("; ").map(ToOwned::to_owned));
    for statement in statements {
        let parsed = store.select::<serde_json::Value>(&format!("EXPLAIN AST {statement}"), &[]).await;
        assert!(parsed.is_ok(), "{statement}: {:?}", parsed.err());
    }
}
