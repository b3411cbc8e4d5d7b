//! From fields to an event: what its kind demands, and how its fields become a row.

use std::borrow::Cow;
use std::mem::take;

use orma_model::kinds::Activity;
use orma_model::vitals::{APP_STARTS, AppStart, Rating, VITALS, Vital};
use orma_model::{Kind, spelling};

use super::address;
use super::builder::{DROPPED, Defaults, EventBuilder, replace_prop};
use super::field_error::FieldError;
use super::identifier::{self, Content};
use super::limits::{NAME_BYTES_MAX, PROP_VALUE_BYTES_MAX, TEXT_BYTES_MAX, URL_BYTES_MAX, truncate};
use super::parsed::ParsedEvent;
use super::value::{Value, trimmed, without_reserved};
use crate::campaign::campaign_of_fragment;

impl<'a> EventBuilder<'a> {
    /// Checks the whole event. `raw` is the event as the client wrote it, by which a repeated event without an id is
    /// known. An error comes with the kind that the event claims to be.
    pub fn complete(
        mut self: Box<Self>,
        index: usize,
        defaults: &Defaults<'a>,
        raw: &'a str,
    ) -> Result<ParsedEvent<'a>, (FieldError, Cow<'a, str>)> {
        match self.check(defaults, raw) {
            Ok(kind) => Ok(ParsedEvent {
                index,
                raw,
                time_error: self.take_unreadable(|error| error.reason == "invalid_time"),
                from_app: !(self.row.app_name.is_empty() && self.row.app_version.is_empty()),
                client_ts: self.client_ts,
                server_only: kind.server_only,
                behalf: self.context.behalf(&defaults.context),
                delivery: self.delivery,
                row: self.row,
            }),
            Err(error) => Err((error, self.kind)),
        }
    }

    fn check(&mut self, defaults: &Defaults<'a>, raw: &str) -> Result<&'static Kind, FieldError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let kind = self.known_kind()?;
        self.row.kind = Cow::Borrowed(kind.name);
        self.take_ids(defaults)?;
        self.user_optional |= defaults.user_optional;
        let aliased = self.drop_placeholders(kind);
        if let Some(field) =
            kind.required.iter().find(|field| !(self.has(field) || aliased && **field == "previous"))
        {
            let unreadable = self.take_unreadable(|error| error.field() == *field);
            return Err(unreadable.unwrap_or_else(|| FieldError::missing(field, kind.name)));
        }
        defaults.context.write(&mut self.row);
        self.context.write(&mut self.row);
        if !self.url.is_empty() {
            let campaign = campaign_of_fragment(&self.url);
            match address::parse(take(&mut self.url)) {
                Ok(address) => {
                    (self.row.host, self.row.path, self.row.query) =
                        (address.host, address.path, address.query);
                }
                Err(error) if kind.required.contains(&"url") => return Err(error),
                Err(error) => self.unreadable.push(error),
            }
            if let Some(campaign) = campaign {
                let query = take(&mut self.row.query);
                let between = if query.is_empty() { "" } else { "&" };
                let query = format!("{query}{between}{campaign}");
                self.row.query = Cow::Owned(truncate(Cow::Owned(query), URL_BYTES_MAX).into_owned());
            }
        }
        self.row.referrer = spelling::address(take(&mut self.row.referrer));
        self.take_start(kind)?;
        self.take_measures(kind)?;
        self.take_campaign(kind)?;
        self.take_rating(kind)?;
        self.take_revenue(kind)?;
        self.take_props(kind);
        let content = Content {
            has_time: self.client_ts.is_some(),
            visitor: &self.row.visitor,
            user: &self.row.user,
            raw,
        };
        self.row.event_id = identifier::event_id(self.id.as_deref(), &content);
        self.row.client_ts = self.client_ts.unwrap_or_default();
        self.note_unreadable(&defaults.unreadable);
        Ok(kind)
    }

    fn known_kind(&mut self) -> Result<&'static Kind, FieldError> {
        if self.kind.is_empty() {
            let unreadable = self.take_unreadable(|error| error.field() == "kind");
            return Err(unreadable.unwrap_or_else(|| FieldError::new("missing_field", "kind", "required")));
        }
        Kind::find(&self.kind).ok_or_else(|| {
            let name = truncate(Cow::Borrowed(&*self.kind), NAME_BYTES_MAX);
            let problem = format!("{name:?} is not a kind; an event of your own is \"custom\" with a name");
            FieldError::new("unknown_kind", "kind", problem)
        })
    }

    fn take_ids(&mut self, defaults: &Defaults<'a>) -> Result<(), FieldError> {
        let own_or = |own: Option<Cow<'a, str>>, default: &Option<Cow<'a, str>>| {
            own.or_else(|| default.clone()).unwrap_or_default()
        };
        self.row.visitor = own_or(self.visitor.take(), &defaults.visitor);
        self.row.user = own_or(self.user.take(), &defaults.user);
        self.row.session = own_or(self.session.take(), &defaults.session);
        identifier::check_visitor(&self.row.visitor)?;
        identifier::check(&self.row.user, "user", "invalid_user")?;
        // Without it, the event is of the session that its time says.
        if let Err(error) = identifier::check(&self.row.session, "session", "invalid_session") {
            self.row.session = Cow::Borrowed("");
            self.unreadable.push(error);
        }
        Ok(())
    }

    /// Why a field could not be read, if that is so of one.
    fn take_unreadable(&mut self, is_it: impl Fn(&FieldError) -> bool) -> Option<FieldError> {
        let place = self.unreadable.iter().position(is_it)?;
        Some(self.unreadable.swap_remove(place))
    }

    /// Names what was left out, in a prop beyond those that are counted.
    fn note_unreadable(&mut self, of_request: &[FieldError]) {
        if self.unreadable.is_empty() && of_request.is_empty() {
            return;
        }
        let mut names: Vec<&str> = of_request.iter().chain(&self.unreadable).map(FieldError::field).collect();
        for (key, value) in self.money_as_said.drain(..) {
            let text = value.prop().ok().flatten().filter(|text| text.len() <= PROP_VALUE_BYTES_MAX);
            // Where there is no room for it, its name has to do.
            if let Some(text) = text {
                drop(replace_prop(&mut self.row.props, Cow::Borrowed(key), text, ""));
            }
        }
        names.sort_unstable();
        names.dedup();
        let known = self.row.props.iter().position(|(key, _)| key == DROPPED);
        let before = known.map(|place| self.row.props.swap_remove(place).1).unwrap_or_default();
        let between = if before.is_empty() { "" } else { "," };
        let names = without_reserved(Cow::Owned(format!("{before}{between}{}", names.join(","))));
        self.row.props.push((Cow::Borrowed(DROPPED), truncate(names, PROP_VALUE_BYTES_MAX)));
    }

    /// Drops props that are ids and say nothing, which would join what does not belong together, and spells the others as
    /// ids are; returns whether the previous id of an alias was dropped.
    fn drop_placeholders(&mut self, kind: &Kind) -> bool {
        let mut was_previous = false;
        for props in [&mut self.fields, &mut self.props] {
            props.retain_mut(|(key, text)| {
                let is_previous = kind.name == "alias" && key == "previous";
                let is_id = is_previous || key == "order_id";
                let is_nothing = is_id && identifier::is_placeholder(text);
                if is_id && !is_nothing {
                    let id = trimmed(take(text));
                    *text = if is_previous { spelling::user_id(id) } else { id };
                }
                was_previous |= is_nothing && is_previous;
                !is_nothing
            });
        }
        was_previous
    }

    fn take_start(&mut self, kind: &Kind) -> Result<(), FieldError> {
        let Some(start) = self.start.take() else { return Ok(()) };
        if kind.name != "app_start" {
            return self.try_set_other(Cow::Borrowed("start"), start);
        }
        let start = start.text("start")?.unwrap_or_default();
        let Some(start) = AppStart::find(&start) else {
            return Err(FieldError::expected(
                "start",
                one_of(&APP_STARTS.each_ref().map(|start| start.name)),
            ));
        };
        let name = std::mem::replace(&mut self.row.name, Cow::Borrowed(start.name));
        if name.is_empty() { Ok(()) } else { self.try_set_other(Cow::Borrowed("name"), Value::Text(name)) }
    }

    /// The columns `duration_ms` and `value` take the field that belongs to the kind, or else the first there is;
    /// what remains becomes props.
    fn take_measures(&mut self, kind: &Kind) -> Result<(), FieldError> {
        let mut durations = [
            ("duration_ms", self.duration_ms.take()),
            ("load_ms", self.load_ms.take()),
            ("ttid_ms", self.ttid_ms.take()),
        ];
        if kind.activity == Activity::View {
            durations.swap(0, 1);
        } else if kind.name == "screen_load" {
            durations.swap(0, 2);
        }
        let mut said = durations.into_iter().filter_map(|(field, duration)| Some((field, duration?)));
        self.row.duration_ms = said.next().map_or(0, |(_, duration)| duration);
        for (field, duration) in said {
            replace_prop(&mut self.fields, Cow::Borrowed(field), Cow::Owned(duration.to_string()), "")?;
        }
        let mut values = [("value", self.value.take()), ("score", self.score.take())];
        if kind.name.starts_with("survey_") {
            values.swap(0, 1);
        }
        if let ("vital", Some(value)) = (kind.name, values[0].1) {
            self.rate_vital(value)?;
        }
        let mut said = values.into_iter().filter_map(|(field, value)| Some((field, value?)));
        self.row.value = said.next().map(|(_, value)| value as f32);
        for (field, value) in said {
            replace_prop(&mut self.fields, Cow::Borrowed(field), Cow::Owned(value.to_string()), "")?;
        }
        Ok(())
    }

    fn rate_vital(&mut self, value: f64) -> Result<(), FieldError> {
        if value < 0.0 {
            return Err(FieldError::expected("value", "a number that is not negative"));
        }
        let Some(vital) = Vital::find(&self.row.name) else {
            return Err(FieldError::expected("name", one_of(&VITALS.each_ref().map(|vital| vital.name))));
        };
        self.row.rating = Cow::Borrowed(vital.rating(value).as_str());
        Ok(())
    }

    fn take_campaign(&mut self, kind: &Kind) -> Result<(), FieldError> {
        let Some(campaign) = self.campaign.take() else { return Ok(()) };
        if !kind.is_newsletter() {
            return self.try_set_other(Cow::Borrowed("campaign"), campaign);
        }
        match campaign.label("campaign") {
            Ok(campaign) => {
                self.row.newsletter_campaign = truncate(campaign.unwrap_or_default(), TEXT_BYTES_MAX);
            }
            Err(error) => self.note(error),
        }
        Ok(())
    }

    /// The client's rating of a vital wins over the computed one.
    fn take_rating(&mut self, kind: &Kind) -> Result<(), FieldError> {
        let Some(rating) = self.rating.take() else { return Ok(()) };
        if kind.name != "vital" {
            return self.try_set_other(Cow::Borrowed("rating"), rating);
        }
        let text = rating.text("rating").map(Option::unwrap_or_default);
        if text.as_ref().is_ok_and(|text| text.is_empty()) {
            return Ok(());
        }
        match text.map(|text| Rating::find(&text)) {
            Ok(Some(rating)) => self.row.rating = Cow::Borrowed(rating.as_str()),
            Ok(None) => {
                let words: Vec<&str> = Rating::ALL.iter().map(|rating| rating.as_str()).collect();
                self.note(FieldError::expected("rating", one_of(&words)));
            }
            Err(error) => self.note(error),
        }
        Ok(())
    }

    fn take_revenue(&mut self, kind: &Kind) -> Result<(), FieldError> {
        let Some(money) = self.revenue.take() else { return Ok(()) };
        if money.ten_thousandths < 0 && kind.name != "refund" {
            return Err(FieldError::new(
                "invalid_revenue",
                "revenue.amount",
                "negative, which only a refund may be",
            ));
        }
        (self.row.revenue, self.row.currency) = (money.ten_thousandths, money.currency);
        Ok(())
    }

    fn take_props(&mut self, kind: &Kind) {
        if let Some(traits) = self.traits.take() {
            if kind.name != "identify" {
                self.set_other(Cow::Borrowed("traits"), traits);
            } else if let Err(error) = self.add_props(&traits, "traits", "traits.") {
                self.note(error);
            }
        }
        if self.fields.is_empty() {
            self.row.props = take(&mut self.props);
            return;
        }
        // Fields win over the caller's props, where both have a name and where there is no room for both.
        self.row.props = take(&mut self.fields);
        for (key, text) in take(&mut self.props) {
            if self.row.props.iter().all(|(field, _)| *field != key)
                && let Err(error) = replace_prop(&mut self.row.props, key, text, "props.")
            {
                self.note(error);
            }
        }
    }

    /// The event says something in this field of [`Kind::required`].
    fn has(&self, field: &str) -> bool {
        match field {
            "url" => !self.url.is_empty(),
            "screen" => !self.row.screen.is_empty(),
            "name" => !self.row.name.is_empty(),
            "user" => self.user_optional || !self.row.user.is_empty(),
            "value" => self.value.is_some(),
            "duration_ms" => self.duration_ms.is_some(),
            "ttid_ms" => self.ttid_ms.is_some(),
            "start" => self.start.as_ref().is_some_and(|start| *start != Value::Null),
            prop => {
                let mut said = self.fields.iter().chain(&self.props);
                said.find(|(key, _)| key == prop).is_some_and(|(_, text)| !text.is_empty())
            }
        }
    }
}

/// `cold, warm or hot`.
fn one_of(words: &[&str]) -> String {
    let (last, others) = words.split_last().expect("a list of words");
    format!("{} or {last}", others.join(", "))
}
