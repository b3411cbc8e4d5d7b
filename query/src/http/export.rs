//! Whole lists and pages in the form that the caller takes.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::accept::Accept;
use crate::table::{Export, Table};

/// The export that the caller would rather have than JSON, if any.
fn export_of(headers: &HeaderMap) -> Option<Export> {
    let forms = [Export::Csv, Export::Ndjson];
    let [csv, ndjson] = forms.map(Export::media_type);
    let preferred = Accept::of(headers).preferred(&["application/json", csv, ndjson]);
    forms.into_iter().find(|form| form.media_type() == preferred)
}

/// The table as a response.
fn whole(export: Export, table: &Table) -> Response {
    ([(header::CONTENT_TYPE, export.content_type())], export.text(table)).into_response()
}

/// A page of a list as a response. A `Link` to the next page (RFC 8288) stands in the head, for rows have no place
/// for a cursor. `query` is the request's.
fn page(export: Export, table: &Table, query: Option<&str>, next_cursor: Option<&str>) -> Response {
    let mut response = whole(export, table);
    let link = next_cursor.map(|cursor| format!("<?{}>; rel=\"next\"", with_cursor(query, cursor)));
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// A whole answer in the form that the caller takes: as it is, or the table in it.
pub fn respond<T: Serialize>(headers: &HeaderMap, response: &T, table: impl FnOnce(&T) -> Table) -> Response {
    match export_of(headers) {
        Some(export) => whole(export, &table(response)),
        None => Json(response).into_response(),
    }
}

/// A page of a list in the form that the caller takes. `query` is the request's.
pub fn respond_page<T: Serialize>(
    headers: &HeaderMap,
    query: Option<&str>,
    response: &T,
    rows: impl FnOnce(&T) -> (Table, Option<&str>),
) -> Response {
    let Some(export) = export_of(headers) else { return Json(response).into_response() };
    let (table, next_cursor) = rows(response);
    page(export, &table, query, next_cursor)
}

/// A query string that asks for the page of a cursor. Cursors need no escaping.
fn with_cursor(query: Option<&str>, cursor: &str) -> String {
    let others = query.unwrap_or_default().split('&');
    let others = others.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    others.map(ToOwned::to_owned).chain([format!("cursor={cursor}")]).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_as_this_one_was() {
        for (query, next) in [
            (None, "cursor=abc"),
            (Some(""), "cursor=abc"),
            (Some("cursor=old"), "cursor=abc"),
            (Some("search=a%26b&cursor=old&limit=2"), "search=a%26b&limit=2&cursor=abc"),
        ] {
            assert_eq!(with_cursor(query, "abc"), next, "{query:?}");
        }
    }
}
