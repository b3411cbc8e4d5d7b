//! What is told: the numbers of each campaign or link, and the people behind a number.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;
use crate::value::Money;

/// A person behind a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterPerson {
    /// The recipient's user id, or the visitor id of one who is not named.
    #[schema(example = "mario@example.it")]
    pub person: String,
    /// Copies, visits or orders.
    pub count: i64,
    /// When last.
    pub last_at: Timestamp,
}

/// The people behind a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterPeople {
    /// The latest first.
    pub items: Vec<NewsletterPerson>,
    /// Whether there are more.
    pub more: bool,
}

/// What became of newsletters. A *copy* is one mail to one recipient: it counts once in each number, however often it was
/// opened. All of it is what happened in the period, whenever the mail was sent. Sending, delivery and opening are the
/// mail's and not a link's: they are null by link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NewsletterNumbers {
    /// Copies of which the mail tool said that it sent them (`newsletter_sent`).
    pub sent: Option<i64>,
    /// Copies of which it said that they were delivered (`newsletter_delivered`).
    pub delivered: Option<i64>,
    /// Copies that came back (`newsletter_bounce`).
    pub bounced: Option<i64>,
    /// Copies with an open that may be a person's: any but those of the verdicts `machine` and `unknown`.
    pub opened: Option<i64>,
    /// Copies that were opened, but by machines or by what is not known, and by nobody else.
    pub opened_by_machines: Option<i64>,
    /// Copies of which a person followed a link. Clicks of the verdict `machine` do not count, nor those of a copy within a
    /// minute of a sweep (a trap or many links at once), before or after.
    pub clicked: i64,
    /// Copies of which a link was followed, but by machines only.
    pub clicked_by_machines: i64,
    /// Visits to the site in which somebody landed from a link. The snippet ran there: the surest number of all.
    pub visits: i64,
    /// Orders in these visits, after the landing. With several landings in a visit an order is the last one's before it.
    pub orders: i64,
    /// The revenue of these visits after the landing, without refunds, in the site's currency.
    pub revenue: Money,
}

/// One campaign or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NewsletterRow {
    /// The campaign.
    #[schema(example = "saldi-2026")]
    pub campaign: String,
    /// The link's name; null by campaign.
    #[schema(example = "hero")]
    pub link: Option<String>,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: NewsletterNumbers,
}

/// The answer of `GET /newsletters`.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterReport {
    /// The site.
    pub site: String,
    /// The site's IANA time zone.
    pub timezone: String,
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, exclusive.
    pub to: Timestamp,
    /// Over all campaigns, or the one that was asked for. A visit that came from two campaigns counts once.
    pub totals: NewsletterNumbers,
    /// Most copies first: sent, then clicked, then visits.
    pub rows: Vec<NewsletterRow>,
    /// Whether there are more rows than were asked for.
    pub more: bool,
}
