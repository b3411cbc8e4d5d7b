//! What numbers can be divided by: one row of a table each.

use crate::error::ApiError;

/// What a dimension is a property of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Each event has its own.
    Event,
    /// Each of the items has its own that an event is about.
    Item,
    /// A session has one: that of its first or last event.
    Session,
    /// Both have it; a session's is that of its first event.
    Both,
}

/// A dimension: its name in requests and answers, what it is a property of, and the column that holds it, of events or of
/// a session's first event. `sql` knows those that are no column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dimension {
    name: &'static str,
    level: Level,
    column: &'static str,
}

const fn row(name: &'static str, level: Level, column: &'static str) -> Dimension {
    Dimension { name, level, column }
}

impl Dimension {
    /// Path of the page, or the app's screen.
    pub const PAGE: Self = row("page", Level::Event, "page");
    /// Group of pages: the property `content_group` of the event, otherwise the first part of the path.
    pub const CONTENT_GROUP: Self = row("content_group", Level::Event, "content_group");
    /// The session's first page or screen.
    pub const ENTRY_PAGE: Self = row("entry_page", Level::Session, "entry_page");
    /// The session's last page or screen.
    pub const EXIT_PAGE: Self = row("exit_page", Level::Session, "exit_page");
    /// Host of the page.
    pub const HOST: Self = row("host", Level::Both, "host");
    /// Who sent the session.
    pub const SOURCE: Self = row("source", Level::Session, "source");
    /// Channel; `direct` when nobody sent the session.
    pub const CHANNEL: Self = row("channel", Level::Session, "channel");
    /// Campaign.
    pub const CAMPAIGN: Self = row("campaign", Level::Session, "utm_campaign");
    /// City.
    pub const CITY: Self = row("city", Level::Both, "city");
    /// Country.
    pub const COUNTRY: Self = row("country", Level::Both, "country");
    /// Class of the device.
    pub const DEVICE_CLASS: Self = row("device_class", Level::Both, "device_class");
    /// Model of the device.
    pub const DEVICE_MODEL: Self = row("device_model", Level::Both, "device_model");
    /// Browser.
    pub const BROWSER: Self = row("browser", Level::Both, "browser");
    /// Operating system.
    pub const OS: Self = row("os", Level::Both, "os");
    /// Kind of the event.
    pub const KIND: Self = row("kind", Level::Event, "kind");
    /// Where the person met the company.
    pub const TOUCHPOINT: Self = row("touchpoint", Level::Event, "touchpoint");
    /// The stage of the relation.
    pub const STAGE: Self = row("stage", Level::Event, "stage");
    /// Product.
    pub const PRODUCT: Self = row("product", Level::Item, "product");
    /// Category of the product.
    pub const PRODUCT_CATEGORY: Self = row("product_category", Level::Item, "product_category");
    /// Version of the app.
    pub const APP_VERSION: Self = row("app_version", Level::Both, "app_version");

    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 29] = [
        Self::PAGE,
        Self::CONTENT_GROUP,
        Self::ENTRY_PAGE,
        Self::EXIT_PAGE,
        Self::HOST,
        Self::SOURCE,
        Self::CHANNEL,
        Self::CAMPAIGN,
        row("utm_source", Level::Session, "utm_source"),
        row("utm_medium", Level::Session, "utm_medium"),
        row("utm_content", Level::Session, "utm_content"),
        row("utm_term", Level::Session, "utm_term"),
        Self::COUNTRY,
        row("region", Level::Both, "region"),
        Self::CITY,
        Self::DEVICE_CLASS,
        row("device_brand", Level::Both, "device_brand"),
        Self::DEVICE_MODEL,
        Self::BROWSER,
        Self::OS,
        row("language", Level::Both, "language"),
        Self::KIND,
        row("name", Level::Event, "name"),
        Self::TOUCHPOINT,
        Self::STAGE,
        Self::APP_VERSION,
        Self::PRODUCT,
        row("product_id", Level::Item, "product_id"),
        Self::PRODUCT_CATEGORY,
    ];

    /// Its name in requests and answers.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What it is a property of.
    pub const fn level(self) -> Level {
        self.level
    }

    /// The column that holds it.
    pub const fn column(self) -> &'static str {
        self.column
    }

    /// Whether it is a property of the page that was seen: an order has none of its own.
    pub fn is_of_page(self) -> bool {
        self == Self::PAGE || self == Self::CONTENT_GROUP
    }

    /// The dimension of a name.
    ///
    /// # Errors
    /// There is none; `field` is the parameter that names it.
    pub fn parse(name: &str, field: &str) -> Result<Self, ApiError> {
        Self::ALL.into_iter().find(|dimension| dimension.name == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            ApiError::invalid(
                "unknown_dimension",
                field,
                format!("There is no dimension `{name}`. There are: {known}."),
            )
        })
    }

    /// The same of one that each event has, itself or by its session: an event may have several items.
    ///
    /// # Errors
    /// There is none; `field` is the parameter that names it.
    pub fn parse_of_event(name: &str, field: &str) -> Result<Self, ApiError> {
        let dimension = Self::parse(name, field)?;
        if dimension.level == Level::Item {
            let message = format!("`{name}` is of items, of which an event may have several.");
            return Err(ApiError::invalid("invalid_dimension", field, message));
        }
        Ok(dimension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_for_one_dimension() {
        for (index, dimension) in Dimension::ALL.into_iter().enumerate() {
            assert_eq!(Dimension::parse(dimension.name, "group_by").unwrap(), dimension);
            assert!(
                Dimension::ALL[..index].iter().all(|other| other.name != dimension.name),
                "{dimension:?}"
            );
        }
    }
}
