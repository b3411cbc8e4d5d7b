//! The committed document is what the code says.

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

#[test]
fn the_committed_document_is_the_generated_one() {
    let mut generated = orma_query::openapi().to_pretty_json().unwrap();
    generated.push('\n');
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(PATH, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        committed == generated,
        "query/openapi.json is not what the code says; rewrite it with: UPDATE_OPENAPI=1 cargo test -p orma-query --test openapi"
    );
}
