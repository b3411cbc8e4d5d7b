//! What is asked: which people, in which order.

use orma_store::Site;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::plan::cursor;
use crate::plan::parameter::parse_limit;
use crate::scope::{Scope, ScopeText};
use crate::value::Amount;

const PEOPLE_DEFAULT: usize = 50;
const PEOPLE_MAX: usize = 1000;
/// Longer searches match nothing.
const SEARCH_BYTES_MAX: usize = 256;

/// What `GET /people` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleParams {
    /// Part of a user id, of a visitor id, or of any trait's value, such as a name or an e-mail address; case does not matter.
    pub search: Option<String>,
    /// `true`: only people with a user id; `false`: only visitors nobody identified.
    pub identified: Option<String>,
    /// `true`: only people who have ever ordered; `false`: only those who have not.
    pub customers: Option<String>,
    /// A date in the site's zone or an instant: people seen since then. Their numbers are over all time.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive: people seen before then.
    pub to: Option<String>,
    /// Repeatable, as in `/stats`: people with a visit in the period that all filters hold for. Filters of events
    /// (`page`, `kind`, `name`, `touchpoint`, `stage`, `props.<name>`) hold for a visit when they all hold for one of
    /// its events that is the person's, the others by how it began.
    #[serde(default)]
    #[param(example = json!(["country:is:IT,FR"]))]
    pub filter: Vec<String>,
    /// `last_seen` (default), `first_seen`, `sessions`, `page_views`, `events`, `orders` or `revenue` (in the site's
    /// currency; who has spent nothing counts as 0). People who are level stand by `person`.
    pub order_by: Option<String>,
    /// `desc` (default): the largest or latest first; `asc`: the smallest or earliest.
    pub direction: Option<String>,
    /// Default 50, at most 1000.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last event.
    #[default]
    LastSeen,
    /// The first event.
    FirstSeen,
    /// Number of sessions.
    Sessions,
    /// Number of views.
    PageViews,
    /// Number of events.
    Events,
    /// Number of orders.
    Orders,
    /// Money in the site's currency.
    Revenue,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::LastSeen,
        Self::FirstSeen,
        Self::Sessions,
        Self::PageViews,
        Self::Events,
        Self::Orders,
        Self::Revenue,
    ];

    /// Its name in requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LastSeen => "last_seen",
            Self::FirstSeen => "first_seen",
            Self::Sessions => "sessions",
            Self::PageViews => "page_views",
            Self::Events => "events",
            Self::Orders => "orders",
            Self::Revenue => "revenue",
        }
    }
}

/// Which people a list shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What it is about: people with a visit in the period that the condition holds for.
    pub scope: Scope,
    /// Part of an id or of a trait.
    pub search: Option<String>,
    /// With a user id, or without.
    pub identified: Option<bool>,
    /// With an order, or without.
    pub customers: Option<bool>,
    /// What they are sorted by.
    pub order: Order,
    /// The smallest or earliest first.
    pub ascending: bool,
    /// After the person of this id, who has this value of the order.
    pub after: Option<(String, String)>,
    /// How many.
    pub limit: usize,
}

/// A request for a page of people.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The site's money.
    pub currency: String,
    /// What is listed.
    pub listed: Listed,
}

/// Money of a cursor, in ten-thousandths, is below: the store holds 38 digits.
const CURSOR_AMOUNT_MAX: i128 = 10_i128.pow(37);

/// Where a page ends: the last person, and by what and how the people are sorted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cursor {
    /// The name of the order.
    pub order_by: String,
    /// Its direction.
    pub ascending: bool,
    /// The person's value of it, as text.
    pub value: String,
    /// The last person.
    pub person: String,
}

impl cursor::Bounded for Cursor {
    fn is_possible(&self) -> bool {
        match Order::ALL.into_iter().find(|order| order.name() == self.order_by) {
            None => false,
            Some(Order::Revenue) => {
                self.value.parse().is_ok_and(|Amount(amount)| amount.abs() < CURSOR_AMOUNT_MAX)
            }
            Some(Order::LastSeen | Order::FirstSeen) => {
                self.value.parse().is_ok_and(cursor::is_possible_timestamp)
            }
            Some(_) => self.value.parse::<i64>().is_ok(),
        }
    }
}

impl ListRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used.
    pub fn parse(site: &Site, params: &PeopleParams) -> Result<Self, ApiError> {
        let search = params.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if search.is_some_and(|text| text.len() > SEARCH_BYTES_MAX) {
            let message = format!("`search` may have at most {SEARCH_BYTES_MAX} bytes.");
            return Err(ApiError::invalid("invalid_search", "search", message));
        }
        let text = ScopeText {
            from: params.from.as_deref(),
            to: params.to.as_deref(),
            filter: &params.filter,
            include: None,
        };
        let scope = Scope::parse_open(site, &text)?;
        let order = parse_order(params.order_by.as_deref())?;
        let ascending = match params.direction.as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(other) => {
                let message = format!("`direction` must be desc or asc, not `{other}`.");
                return Err(ApiError::invalid("invalid_direction", "direction", message));
            }
        };
        let after: Option<Cursor> = params.cursor.as_deref().map(cursor::decode).transpose()?;
        if after
            .as_ref()
            .is_some_and(|cursor| (cursor.order_by.as_str(), cursor.ascending) != (order.name(), ascending))
        {
            let message = "The cursor is of a list in another order; ask for its first page.";
            return Err(ApiError::invalid("invalid_cursor", "cursor", message));
        }
        let listed = Listed {
            scope,
            search: search.map(ToOwned::to_owned),
            identified: parse_choice("invalid_identified", "identified", params.identified.as_deref())?,
            customers: parse_choice("invalid_customers", "customers", params.customers.as_deref())?,
            order,
            ascending,
            after: after.map(|cursor| (cursor.value, cursor.person)),
            limit: parse_limit(params.limit.as_deref(), PEOPLE_DEFAULT, PEOPLE_MAX)?,
        };
        Ok(Self { currency: site.currency.clone(), listed })
    }
}

fn parse_order(name: Option<&str>) -> Result<Order, ApiError> {
    let Some(name) = name else { return Ok(Order::default()) };
    Order::ALL.into_iter().find(|order| order.name() == name).ok_or_else(|| {
        let known = Order::ALL.map(Order::name).join(", ");
        let message = format!("People cannot be sorted by `{name}`, only by: {known}.");
        ApiError::invalid("invalid_order", "order_by", message)
    })
}

/// A parameter that is true, false or left out.
fn parse_choice(code: &'static str, field: &str, text: Option<&str>) -> Result<Option<bool>, ApiError> {
    match text {
        None | Some("") => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => {
            let message = format!("`{field}` must be true or false, not `{other}`.");
            Err(ApiError::invalid(code, field, message))
        }
    }
}
