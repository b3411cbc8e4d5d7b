//! What numbers can be divided by.

use crate::api::error::ApiError;

/// A dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Path of the page, or the app's screen.
    Page,
    /// First page of the session.
    EntryPage,
    /// Last page of the session.
    ExitPage,
    /// Host of the page.
    Host,
    /// Who sent the session.
    Source,
    /// Kind of source of the session; `direct` when nobody sent it.
    Channel,
    /// Campaign of the session.
    Campaign,
    /// Country.
    Country,
    /// Class of the device.
    DeviceClass,
    /// Model of the device.
    DeviceModel,
    /// Browser.
    Browser,
    /// Operating system.
    Os,
    /// Language.
    Language,
    /// Kind of the event.
    Kind,
    /// Name of the event.
    Name,
    /// Touchpoint of the event.
    Touchpoint,
    /// Stage of the event.
    Stage,
    /// Version of the app.
    AppVersion,
}

/// What a dimension is a property of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Each event has its own.
    Event,
    /// A session has one: that of its first or last event.
    Session,
    /// Both have it; a session's is that of its first event.
    Both,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Page,
        Self::EntryPage,
        Self::ExitPage,
        Self::Host,
        Self::Source,
        Self::Channel,
        Self::Campaign,
        Self::Country,
        Self::DeviceClass,
        Self::DeviceModel,
        Self::Browser,
        Self::Os,
        Self::Language,
        Self::Kind,
        Self::Name,
        Self::Touchpoint,
        Self::Stage,
        Self::AppVersion,
    ];

    /// Its name in requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::EntryPage => "entry_page",
            Self::ExitPage => "exit_page",
            Self::Host => "host",
            Self::Source => "source",
            Self::Channel => "channel",
            Self::Campaign => "campaign",
            Self::Country => "country",
            Self::DeviceClass => "device_class",
            Self::DeviceModel => "device_model",
            Self::Browser => "browser",
            Self::Os => "os",
            Self::Language => "language",
            Self::Kind => "kind",
            Self::Name => "name",
            Self::Touchpoint => "touchpoint",
            Self::Stage => "stage",
            Self::AppVersion => "app_version",
        }
    }

    /// What it is a property of.
    pub const fn level(self) -> Level {
        match self {
            Self::Page | Self::Kind | Self::Name | Self::Touchpoint | Self::Stage => Level::Event,
            Self::EntryPage | Self::ExitPage | Self::Source | Self::Channel | Self::Campaign => {
                Level::Session
            }
            Self::Host
            | Self::Country
            | Self::DeviceClass
            | Self::DeviceModel
            | Self::Browser
            | Self::Os
            | Self::Language
            | Self::AppVersion => Level::Both,
        }
    }

    /// The dimension of a name.
    ///
    /// # Errors
    /// There is none; `field` is the parameter that names it.
    pub fn parse(name: &str, field: &str) -> Result<Self, ApiError> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            ApiError::invalid(
                "unknown_dimension",
                field,
                format!("There is no dimension `{name}`. There are: {known}."),
            )
        })
    }
}
