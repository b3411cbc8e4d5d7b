//! What is left in: `dimension:operator:value`, or `props.name:operator:value`.
//!
//! Values are separated by commas, and `\,` is a comma of a value; a backslash before anything else stands for itself.
//! A property's name may hold colons: it ends at the first that is followed by an operator and another colon (`:is:`), and
//! `\:` is a colon of the name that ends it nowhere. `set` takes no values: `country:set:`.

mod spellings;

use super::dimension::{Dimension, Level};
use crate::error::ApiError;

/// More filters, more values in one, or more values in all, are a mistake or an attack: each is looked for in each event.
const FILTERS_MAX: usize = 20;
/// Values of one filter.
pub const VALUES_MAX: usize = 200;
/// Bytes of a regular expression: it is tried on each event.
const PATTERN_BYTES_MAX: usize = 500;
/// Values of all filters of a request.
pub const VALUES_MAX_OF_ALL: usize = 1_200;

/// What a filter looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A dimension.
    Dimension(Dimension),
    /// A property of the event, by name.
    Prop(String),
}

/// How it compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal to one of the values.
    Is,
    /// Equal to none of the values.
    IsNot,
    /// One of the values is a part of it, whatever the case.
    Contains,
    /// It begins with one of the values.
    Starts,
    /// One of the values is a regular expression (RE2) that is found in it.
    Matches,
    /// It is a number above the value.
    Greater,
    /// It is a number below the value.
    Less,
    /// There is one: it is not empty. Takes no values.
    Set,
}

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What it looks at.
    pub field: Field,
    /// How it compares.
    pub operator: Operator,
    /// With what; alternatives.
    pub values: Vec<String>,
}

impl Filter {
    /// What the filter's field is a property of.
    pub fn level(&self) -> Level {
        match &self.field {
            Field::Dimension(dimension) => dimension.level(),
            Field::Prop(_) => Level::Event,
        }
    }

    /// The dimension that it looks at, where it is one.
    pub const fn dimension(&self) -> Option<Dimension> {
        match &self.field {
            Field::Dimension(dimension) => Some(*dimension),
            Field::Prop(_) => None,
        }
    }

    /// Whether it looks at the page that was seen.
    pub fn is_of_page(&self) -> bool {
        matches!(&self.field, Field::Dimension(dimension) if dimension.is_of_page())
    }

    /// Refuses a request with too many filters.
    ///
    /// # Errors
    /// It has.
    pub fn check_number(number: usize) -> Result<(), ApiError> {
        if number > FILTERS_MAX {
            let message = format!("At most {FILTERS_MAX} filters can be given.");
            return Err(ApiError::invalid("too_many_filters", "filter", message));
        }
        Ok(())
    }

    /// Reads all filters of a request.
    ///
    /// # Errors
    /// One of them cannot be read, or they have too many values.
    pub fn parse_list(texts: &[String]) -> Result<Vec<Self>, ApiError> {
        let filters: Vec<Self> = texts.iter().map(|text| Self::parse(text)).collect::<Result<_, _>>()?;
        if filters.iter().map(|filter| filter.values.len()).sum::<usize>() > VALUES_MAX_OF_ALL {
            let message = format!("All filters together take at most {VALUES_MAX_OF_ALL} values.");
            return Err(ApiError::invalid("too_many_values", "filter", message));
        }
        Ok(filters)
    }

    fn parse(text: &str) -> Result<Self, ApiError> {
        let invalid = |code, message: String| Err(ApiError::invalid(code, "filter", message));
        let Some((field, operator, values)) = split_filter(text) else {
            let message = format!(
                "`{text}` is not `dimension:operator:value`. Values are separated by commas; `\\,` is a comma of a \
                 value, and `\\:` a colon of a property's name."
            );
            return invalid("invalid_filter", message);
        };
        let field = match Field::parse(field, "filter")? {
            Field::Prop(name) => Field::Prop(name.replace("\\:", ":")),
            field @ Field::Dimension(_) => field,
        };
        let operator = Operator::parse(operator, "filter")?;
        let values =
            if operator == Operator::Set && values.is_empty() { Vec::new() } else { split_values(values) };
        if values.len() > VALUES_MAX {
            let message = format!(
                "A filter takes at most {VALUES_MAX} values, separated by commas; `\\,` is a comma of a value."
            );
            return invalid("too_many_values", message);
        }
        operator.check(&values, "filter")?;
        Ok(Self::new(field, operator, values))
    }

    /// A filter that looks for all spellings of its values.
    pub fn new(field: Field, operator: Operator, mut values: Vec<String>) -> Self {
        if let Field::Dimension(dimension) = field
            && operator.has_spellings()
        {
            values = values.into_iter().flat_map(|value| spellings::of(dimension, operator, value)).collect();
        }
        Self { field, operator, values }
    }
}

impl Field {
    /// The field of a name; `at` is the parameter that names it.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(name: &str, at: &str) -> Result<Self, ApiError> {
        match (name, name.strip_prefix("props.")) {
            (_, Some(name)) if !name.is_empty() => Ok(Self::Prop(name.to_owned())),
            ("path", _) => Ok(Self::Dimension(Dimension::PAGE)),
            _ => Ok(Self::Dimension(Dimension::parse(name, at)?)),
        }
    }

    /// Its name in requests.
    pub fn name(&self) -> String {
        match self {
            Self::Dimension(dimension) => dimension.name().to_owned(),
            Self::Prop(name) => format!("props.{name}"),
        }
    }
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Is,
        Self::IsNot,
        Self::Contains,
        Self::Starts,
        Self::Matches,
        Self::Greater,
        Self::Less,
        Self::Set,
    ];

    /// Its name in requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Contains => "contains",
            Self::Starts => "starts",
            Self::Matches => "matches",
            Self::Greater => "greater",
            Self::Less => "less",
            Self::Set => "set",
        }
    }

    /// Whether a value may be written in several ways.
    const fn has_spellings(self) -> bool {
        matches!(self, Self::Is | Self::IsNot | Self::Contains | Self::Starts)
    }

    /// Checks what the operator asks of its values; `at` is the parameter or field that they stand in.
    ///
    /// # Errors
    /// There are too many or too few, or one is no number or no regular expression.
    pub fn check(self, values: &[String], at: &str) -> Result<(), ApiError> {
        let invalid = |message: String| Err(ApiError::invalid("invalid_value", at, message));
        match (self, values) {
            (Self::Set, []) => Ok(()),
            (Self::Set, _) => invalid("`set` takes no values.".to_owned()),
            (Self::Greater | Self::Less, [value]) => match value.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(()),
                _ => invalid(format!("`{value}` is no number; `{}` takes one.", self.name())),
            },
            (Self::Greater | Self::Less, _) => invalid(format!("`{}` takes one number.", self.name())),
            (Self::Matches, patterns) => match patterns.iter().find(|pattern| !is_pattern(pattern)) {
                Some(pattern) => invalid(format!(
                    "`{pattern}` is no regular expression of at most {PATTERN_BYTES_MAX} bytes (RE2)."
                )),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The operator of a name; `at` is the parameter that names it.
    ///
    /// # Errors
    /// There is none.
    pub fn parse(name: &str, at: &str) -> Result<Self, ApiError> {
        Self::find(name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            let message = format!("There is no operator `{name}`. There are: {known}.");
            ApiError::invalid("unknown_operator", at, message)
        })
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.name() == name)
    }
}

/// Whether a text is a regular expression that the store takes: what RE2 does not know (references, looking around) the
/// parser of Rust's `regex` does not know either.
fn is_pattern(text: &str) -> bool {
    text.len() <= PATTERN_BYTES_MAX && regex_syntax::Parser::new().parse(text).is_ok()
}

/// Field, operator and values as they are written.
fn split_filter(text: &str) -> Option<(&str, &str, &str)> {
    let at_colon = |at: usize| {
        let (operator, values) = text[at + 1..].split_once(':')?;
        Some((&text[..at], operator, values))
    };
    let mut colons = text.match_indices(':').map(|(at, _)| at);
    if text.starts_with("props.") {
        let is_end = |at: &usize| {
            let is_of_name = text[..*at].ends_with('\\');
            !is_of_name && at_colon(*at).is_some_and(|(_, operator, _)| Operator::find(operator).is_some())
        };
        if let Some(end) = colons.clone().find(is_end) {
            return at_colon(end);
        }
    }
    at_colon(colons.next()?)
}

/// Values are separated by commas; `\,` is a comma of a value.
fn split_values(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&',') => {
                letters.next();
                values.last_mut().expect("never empty").push(',');
            }
            ',' => values.push(String::new()),
            _ => values.last_mut().expect("never empty").push(letter),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_with_their_alternatives() {
        let parse = |text: &str| Filter::parse(text).unwrap();
        let country = Field::Dimension(Dimension::COUNTRY);
        for (text, field, operator, values) in [
            ("country:is:IT,FR", country.clone(), Operator::Is, vec!["IT", "FR"]),
            ("country:is_not:", country, Operator::IsNot, vec![""]),
            (
                "page:is:/articolo-1\\,123.html,/a\\b,/caffè",
                Field::Dimension(Dimension::PAGE),
                Operator::Is,
                vec!["/articolo-1,123.html", "/a\\b", "/a%5Cb", "/caffè", "/caff%C3%A8"],
            ),
            ("props.og:title:is:a:is:b", Field::Prop("og:title".into()), Operator::Is, vec!["a:is:b"]),
            ("props.og\\:title:starts:a", Field::Prop("og:title".into()), Operator::Starts, vec!["a"]),
            ("props.a\\:is:is_not:x", Field::Prop("a:is".into()), Operator::IsNot, vec!["x"]),
            // A name that ends in a backslash: nothing else can be meant.
            ("props.a\\:is:x", Field::Prop("a\\".into()), Operator::Is, vec!["x"]),
            ("props.caffè:contains:", Field::Prop("caffè".into()), Operator::Contains, vec![""]),
            ("path:starts:/a:b", Field::Dimension(Dimension::PAGE), Operator::Starts, vec!["/a:b"]),
            ("path:matches:^/caffè$", Field::Dimension(Dimension::PAGE), Operator::Matches, vec!["^/caffè$"]),
            ("props.price:greater:-1.5", Field::Prop("price".into()), Operator::Greater, vec!["-1.5"]),
            ("props.colore:set:", Field::Prop("colore".into()), Operator::Set, vec![]),
            (
                "props.colore:contains:ro\\,sso",
                Field::Prop("colore".into()),
                Operator::Contains,
                vec!["ro,sso"],
            ),
        ] {
            let values = values.into_iter().map(ToOwned::to_owned).collect();
            assert_eq!(parse(text), Filter { field, operator, values }, "{text}");
        }
    }

    #[test]
    fn the_values_of_all_filters_are_bounded() {
        let filter = |values: usize| format!("page:contains:{}", vec!["x"; values].join(","));
        for (filters, allowed) in [
            (vec![filter(200); 6], true),
            ([vec![filter(200); 6], vec![filter(1)]].concat(), false),
            (vec![filter(201)], false),
            (vec![filter(1); 20], true),
            (vec![filter(1); 21], false),
        ] {
            let read = Filter::parse_list(&filters);
            assert_eq!(read.is_ok(), allowed, "{} filters", filters.len());
            if let Err(refused) = read {
                assert!(matches!(refused, ApiError::Invalid { field, .. } if field == "filter"));
            }
        }
    }

    #[test]
    fn filters_that_cannot_be_read_are_refused() {
        for (text, code) in [
            ("", "invalid_filter"),
            ("country", "invalid_filter"),
            ("country:is", "invalid_filter"),
            ("props.:is:x", "unknown_dimension"),
            ("colour:is:x", "unknown_dimension"),
            ("country:like:x", "unknown_operator"),
            ("country:a:is:x", "unknown_operator"),
            ("props.og:title:x", "unknown_operator"),
            ("props.og", "invalid_filter"),
            ("props.price:greater:x", "invalid_value"),
            ("props.price:greater:inf", "invalid_value"),
            ("props.price:less:1,2", "invalid_value"),
            ("country:set:IT", "invalid_value"),
            ("page:matches:(", "invalid_value"),
            ("page:matches:(a)\\1", "invalid_value"),
            ("page:matches:(?=a)", "invalid_value"),
        ] {
            let ApiError::Invalid { code: found, message, .. } = Filter::parse(text).unwrap_err() else {
                panic!("{text}")
            };
            assert_eq!(found, code, "{text}");
            assert_eq!(message.contains("`\\,`"), code == "invalid_filter", "{message}");
        }
    }
}
