//! The spellings of a page and of a host that a filter looks for.
//!
//! The collector stores each page and host in one spelling ([`orma_model::spelling`]); who asks may write it as they
//! read it: `/caffè`, `caffè.example`. Rows from before version 0.2 stand as they came, so what was written is looked
//! for, too.

use std::borrow::Cow;

use orma_model::spelling;

use super::Operator;
use crate::plan::Dimension;

/// The values to look for in place of `value`, itself the first.
pub fn of(dimension: Dimension, operator: Operator, value: String) -> Vec<String> {
    let mut spellings = match dimension {
        Dimension::PAGE | Dimension::CONTENT_GROUP | Dimension::ENTRY_PAGE | Dimension::EXIT_PAGE => {
            of_page(operator, &value)
        }
        Dimension::HOST => vec![spelling::host(Cow::Borrowed(&value)).into_owned()],
        // A host, where the sender has no name of its own.
        Dimension::SOURCE if value.contains('.') && !value.contains(char::is_whitespace) => {
            vec![spelling::host(Cow::Borrowed(&value)).into_owned()]
        }
        _ => Vec::new(),
    };
    spellings.retain(|spelling| !spelling.is_empty());
    spellings.insert(0, value);
    let mut seen = Vec::with_capacity(spellings.len());
    spellings.retain(|spelling| {
        let is_new = !seen.contains(spelling);
        if is_new {
            seen.push(spelling.clone());
        }
        is_new
    });
    spellings
}

/// What begins a query or a fragment is in no path, and its escape is something else.
fn of_page(operator: Operator, value: &str) -> Vec<String> {
    if value.contains(['?', '#']) {
        return Vec::new();
    }
    let spelled = |text: &str| spelling::path(Cow::Borrowed(text)).into_owned();
    let mut spellings = vec![spelled(value)];
    if operator == Operator::Contains && !value.is_ascii() {
        // `contains` looks past the case, which an escaped letter does not show.
        spellings.extend([spelled(&value.to_lowercase()), spelled(&value.to_uppercase())]);
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_looked_for_as_it_is_stored_too() {
        let table: [(Dimension, Operator, &str, &[&str]); 18] = [
            (Dimension::PAGE, Operator::Is, "/caffè", &["/caffè", "/caff%C3%A8"]),
            (Dimension::PAGE, Operator::Is, "/caffe\u{300}", &["/caffe\u{300}", "/caff%C3%A8"]),
            (Dimension::PAGE, Operator::IsNot, "/caff%c3%a8", &["/caff%c3%a8", "/caff%C3%A8"]),
            (Dimension::PAGE, Operator::Is, "/caff%C3%A8", &["/caff%C3%A8"]),
            (Dimension::ENTRY_PAGE, Operator::Starts, "/a b", &["/a b", "/a%20b"]),
            (
                Dimension::EXIT_PAGE,
                Operator::Contains,
                "Caffè",
                &["Caffè", "Caff%C3%A8", "caff%C3%A8", "CAFF%C3%88"],
            ),
            (Dimension::PAGE, Operator::Contains, "scarpe", &["scarpe"]),
            (Dimension::PAGE, Operator::Contains, "%", &["%", "%25"]),
            (Dimension::PAGE, Operator::Is, "/a%2Fb", &["/a%2Fb"]),
            (Dimension::PAGE, Operator::Is, "/a?b#c", &["/a?b#c"]),
            (Dimension::PAGE, Operator::Is, "", &[""]),
            (Dimension::HOST, Operator::Is, "caffè.example", &["caffè.example", "xn--caff-8oa.example"]),
            (Dimension::HOST, Operator::Contains, "Shop.example.", &["Shop.example.", "shop.example"]),
            (Dimension::HOST, Operator::IsNot, "", &[""]),
            (Dimension::SOURCE, Operator::Is, "caffè.example", &["caffè.example", "xn--caff-8oa.example"]),
            (Dimension::SOURCE, Operator::Is, "Google", &["Google"]),
            (Dimension::SOURCE, Operator::Is, "Offerte del caffè. E altro", &["Offerte del caffè. E altro"]),
            (Dimension::BROWSER, Operator::Is, "/caffè", &["/caffè"]),
        ];
        for (dimension, operator, typed, expected) in table {
            assert_eq!(of(dimension, operator, typed.to_owned()), expected, "{dimension:?} {typed}");
        }
    }
}
