//! `Accept`: in which form a caller takes an answer, and 406 where it is in none of these (RFC 9110, section 12.5.1).

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

/// How much a media type is wanted: its weight in thousandths, how exactly it is named, and how early.
type Wanted = (u16, u8, std::cmp::Reverse<usize>);

/// What a caller takes.
#[derive(Debug, Default)]
pub struct Accept {
    /// Media types or ranges in small letters, with their weights. Empty: everything.
    ranges: Vec<(String, u16)>,
}

impl Accept {
    /// Of a request.
    pub fn of(headers: &HeaderMap) -> Self {
        let named = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let range = |part: &str| {
            let mut pieces = part.split(';').map(str::trim);
            let range = pieces.next().filter(|range| !range.is_empty())?.to_ascii_lowercase();
            let weight = pieces.find_map(|piece| piece.strip_prefix("q=").or(piece.strip_prefix("Q=")));
            let weight = weight.map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
            // A weight that is none says nothing.
            Some((range, (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1_000.0) as u16))
        };
        Self { ranges: named.flat_map(|value| value.split(',')).filter_map(range).collect() }
    }

    /// How much a media type is wanted; `None`: not at all. The most exact range has the say.
    fn wanted(&self, media_type: &str) -> Option<Wanted> {
        if self.ranges.is_empty() {
            return Some((1_000, 0, std::cmp::Reverse(0)));
        }
        let whole_type = media_type.split('/').next().unwrap_or_default();
        let exactness = |range: &str| match range {
            "*/*" | "*" => Some(0),
            _ if range == media_type => Some(2),
            _ => (range.strip_suffix("/*") == Some(whole_type)).then_some(1),
        };
        let matching = self.ranges.iter().enumerate().filter_map(|(index, (range, weight))| {
            Some((exactness(range)?, std::cmp::Reverse(index), *weight))
        });
        let (exactness, index, weight) = matching.max()?;
        (weight > 0).then_some((weight, exactness, index))
    }

    /// Which of the media types is wanted most. The first, where several are wanted the same or none is.
    pub fn preferred<'a>(&self, offered: &[&'a str]) -> &'a str {
        let wanted =
            offered.iter().rev().filter_map(|media_type| Some((self.wanted(media_type)?, *media_type)));
        wanted.max_by_key(|(wanted, _)| *wanted).map_or(offered[0], |(_, media_type)| media_type)
    }

    /// Whether an answer of this `Content-Type` is taken.
    pub fn takes(&self, content_type: &str) -> bool {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        self.wanted(&media_type.to_ascii_lowercase()).is_some()
    }
}

/// Keeps an answer back that the caller does not take: who asks for CSV and reads JSON as such reads rubbish. Refusals
/// are told in any case.
pub async fn only_what_is_taken(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let accept = Accept::of(request.headers());
    let response = next.run(request).await;
    let given = response.headers().get(header::CONTENT_TYPE).and_then(|given| given.to_str().ok());
    match given {
        Some(given) if is_read && response.status().is_success() && !accept.takes(given) => {
            ApiError::NotAcceptable { given: given.to_owned() }.into_response()
        }
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/json";
    const CSV: &str = "text/csv";
    const LINES: &str = "application/x-ndjson";

    fn accept(text: &str) -> Accept {
        let mut headers = HeaderMap::new();
        if !text.is_empty() {
            headers.insert(header::ACCEPT, text.parse().unwrap());
        }
        Accept::of(&headers)
    }

    #[test]
    fn the_form_that_is_wanted_most_is_given() {
        for (header, preferred) in [
            ("", JSON),
            ("*/*", JSON),
            ("text/csv", CSV),
            ("Text/CSV; charset=utf-8", CSV),
            ("text/*", CSV),
            ("application/*", JSON),
            ("application/x-ndjson, */*", LINES),
            ("text/csv, application/json", CSV),
            ("application/json, text/csv", JSON),
            ("application/json;q=0.5, text/csv;q=0.9", CSV),
            ("text/csv;q=0.1, */*;q=0.8", JSON),
            ("text/csv;q=0, */*", JSON),
            ("application/json;q=0, */*", CSV),
            ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
            ("image/png", JSON),
            ("text/csv;q=wrong", CSV),
        ] {
            assert_eq!(accept(header).preferred(&[JSON, CSV, LINES]), preferred, "{header}");
        }
    }

    #[test]
    fn what_is_not_named_is_not_taken() {
        for (header, content_type, taken) in [
            ("", JSON, true),
            ("text/csv", JSON, false),
            ("text/csv", "text/csv; charset=utf-8", true),
            ("text/csv, */*;q=0.1", JSON, true),
            ("application/json;q=0, */*", JSON, false),
            ("text/*", "application/json", false),
            ("text/event-stream", "text/event-stream", true),
        ] {
            assert_eq!(accept(header).takes(content_type), taken, "{header} {content_type}");
        }
    }
}
