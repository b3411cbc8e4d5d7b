//! The list of a `GET`: filters, and segments of whom people are members or not (`segment:is:ID`, `segment:is_not:ID`), all of
//! which must hold.

use super::Condition;
use super::json::AUDIENCES_MAX;
use crate::error::ApiError;
use crate::plan::filter::{Filter, Operator};

/// What a filter that names segments begins with.
const SEGMENT: &str = "segment:";

impl Condition {
    /// Reads the list of a `GET`.
    ///
    /// # Errors
    /// One of them cannot be read, or there are too many.
    pub fn parse_list(texts: &[String]) -> Result<Self, ApiError> {
        Filter::check_number(texts.len())?;
        let (of_segments, others): (Vec<_>, Vec<_>) =
            texts.iter().cloned().partition(|text| text.starts_with(SEGMENT));
        let filters = Filter::parse_list(&others)?.into_iter().map(Self::Is);
        let segments = of_segments.iter().map(|text| of_segment(text)).collect::<Result<Vec<_>, _>>()?;
        let condition = Self::all(filters.chain(segments));
        if condition.audiences().len() > AUDIENCES_MAX {
            let message = format!("Filters name at most {AUDIENCES_MAX} segments.");
            return Err(ApiError::invalid("too_many_values", "filter", message));
        }
        Ok(condition)
    }
}

/// Several segments are alternatives, as several values are.
fn of_segment(text: &str) -> Result<Condition, ApiError> {
    let (operator, ids) = text[SEGMENT.len()..].split_once(':').unwrap_or_default();
    let members = Condition::any(ids.split(',').map(|id| Condition::Audience(id.to_owned())));
    match Operator::parse(operator, "filter")? {
        Operator::Is => Ok(members),
        Operator::IsNot => Ok(Condition::Not(Box::new(members))),
        _ => {
            let message = "`segment` takes `is` and `is_not`: `segment:is:ID`.";
            Err(ApiError::invalid("unknown_operator", "filter", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Condition, ApiError> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        Condition::parse_list(&texts)
    }

    #[test]
    fn segments_stand_among_the_filters_of_a_list() {
        let of = |id: &str| Condition::Audience(id.to_owned());
        let either = Condition::Any(vec![of("a"), of("b")]);
        let italian = read(&["country:is:IT"]).unwrap();
        for (texts, expected) in [
            (&["segment:is:a"][..], of("a")),
            (&["segment:is:a,b"][..], either.clone()),
            (&["segment:is_not:a,b"][..], Condition::Not(Box::new(either))),
            (&["segment:is:a", "country:is:IT"][..], Condition::All(vec![italian, of("a")])),
        ] {
            assert_eq!(read(texts).unwrap(), expected, "{texts:?}");
        }
        for (text, code) in [
            ("segment:contains:a", "unknown_operator"),
            ("segment:like:a", "unknown_operator"),
            ("segment:a", "unknown_operator"),
            ("segment:set:", "unknown_operator"),
            ("segment:is:1,2,3,4,5,6,7,8,9", "too_many_values"),
        ] {
            let ApiError::Invalid { code: found, field, .. } = read(&[text]).unwrap_err() else {
                panic!("{text}");
            };
            assert_eq!((found, field.as_str()), (code, "filter"), "{text}");
        }
    }
}
