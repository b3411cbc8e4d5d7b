//! One message: its fields, and the kind of event that they make.

use std::borrow::Cow;

use orma_model::Kind;

use super::context::{Page, Surroundings};
use super::properties::Amounts;
use super::{Body, EVENT_BYTES_MAX, Sender, each_said, names, text};
use crate::event::builder::{Defaults, EventBuilder};
use crate::event::field_error::FieldError;
use crate::event::value::Value;
use crate::event::{Delivery, NAME_BYTES_MAX, ParsedEvent, truncate};
use crate::event::{identifier, timestamp};

/// The fields of a message, as they were written. What it does not say is absent.
#[derive(Debug, Default)]
struct Message<'a> {
    type_name: Cow<'a, str>,
    event: Option<Value<'a>>,
    name: Option<Cow<'a, str>>,
    category: Option<Cow<'a, str>>,
    channel: Cow<'a, str>,
    user: Option<Value<'a>>,
    anonymous: Option<Value<'a>>,
    previous: Option<Value<'a>>,
    group: Option<Value<'a>>,
    id: Option<Value<'a>>,
    timestamp: Option<Value<'a>>,
    original_timestamp: Option<Value<'a>>,
    sent_at: Option<Value<'a>>,
    context: Option<Value<'a>>,
    properties: Option<Value<'a>>,
    traits: Option<Value<'a>>,
    /// `_metadata.retryCount`: the SDK says that it sends this message again.
    retried: bool,
}

/// Reads the message at `index`; a refused one is told with the kind that it claims to be.
pub fn event<'a>(
    index: usize,
    json: &'a str,
    body: &Body<'a>,
    sender: &Sender<'a>,
) -> Result<ParsedEvent<'a>, (FieldError, Cow<'a, str>)> {
    let mut builder = Box::<EventBuilder<'_>>::default();
    match Message::read(json, body, &mut builder).and_then(|message| message.fill(body, sender, &mut builder))
    {
        Ok(()) => builder.complete(index, &Defaults::default(), json),
        Err(error) => Err((error, builder.kind)),
    }
}

impl<'a> Message<'a> {
    fn read(json: &'a str, body: &Body<'a>, builder: &mut EventBuilder<'a>) -> Result<Self, FieldError> {
        if json.len() > EVENT_BYTES_MAX {
            let problem = format!("longer than {EVENT_BYTES_MAX} bytes");
            return Err(FieldError::new("event_too_large", "event", problem));
        }
        if !json.starts_with('{') {
            return Err(FieldError::new("invalid_event", "event", "expected an object"));
        }
        let mut message = Self::default();
        each_said(&Value::Nested(json), |key, value| message.set(&key, value));
        if message.type_name.is_empty() {
            message.type_name = Cow::Borrowed(body.usual_type);
        }
        builder.kind.clone_from(&message.type_name);
        Ok(message)
    }

    fn set(&mut self, key: &str, value: Value<'a>) {
        match key {
            "type" => self.type_name = text(value).unwrap_or_default(),
            "event" => self.event = Some(value),
            "name" => self.name = text(value),
            "category" => self.category = text(value),
            "channel" => self.channel = text(value).unwrap_or_default(),
            "userId" => self.user = Some(value),
            "anonymousId" => self.anonymous = Some(value),
            "previousId" => self.previous = Some(value),
            "groupId" => self.group = Some(value),
            "messageId" => self.id = Some(value),
            "timestamp" => self.timestamp = Some(value),
            "originalTimestamp" => self.original_timestamp = Some(value),
            "sentAt" => self.sent_at = Some(value),
            "context" => self.context = Some(value),
            "properties" => self.properties = Some(value),
            "traits" => self.traits = Some(value),
            "_metadata" => each_said(&value, |key, value| {
                self.retried |= key == "retryCount" && value.number("").is_ok_and(|count| count > Some(0.0));
            }),
            _ => {}
        }
    }

    fn fill(
        mut self,
        body: &Body<'a>,
        sender: &Sender<'a>,
        builder: &mut EventBuilder<'a>,
    ) -> Result<(), FieldError> {
        let mut around = Surroundings::default();
        for context in [body.context.map(Value::Nested), self.context.take()].into_iter().flatten() {
            around.read(&context, builder);
        }
        let event = self.take_ids(builder)?;
        self.take_kind(event, sender.trusted, builder)?;
        self.take_properties(&mut around, sender.currency, builder);
        around.page.write(builder);
        if builder.kind == "page_view" && builder.url.is_empty() {
            // Servers tell of pages without an address.
            builder.kind = Cow::Borrowed("custom");
            builder.row.name = self.full_name().unwrap_or(Cow::Borrowed("page"));
        }
        if let Some(group) = around.group.take() {
            builder.add_prop(Cow::Borrowed("groupId"), Value::Text(group), "");
        }
        builder.session = builder.session.take().or(around.session.take());
        let (client_ts, is_right) = self.client_ts(builder);
        builder.client_ts = client_ts;
        let sent_at = self.sent_at(body, sender).filter(|_| !is_right);
        builder.delivery = Delivery { sent_at, retry: self.retried || around.has_stale_clock() };
        around.write(&self.channel, sender, builder);
        let behalf = builder.context.behalf(&Defaults::default().context);
        if builder.visitor.is_none() && builder.user.is_none() && behalf.address.is_none() {
            return Err(FieldError::new("missing_field", "userId", "required where there is no anonymousId"));
        }
        Ok(())
    }

    /// Takes the ids; returns the name of a track event.
    fn take_ids(&mut self, builder: &mut EventBuilder<'a>) -> Result<Cow<'a, str>, FieldError> {
        builder.id = self.id.take().and_then(identifier::read);
        builder.user = self.user.take().and_then(identifier::read_user);
        builder.visitor = self.anonymous.take().and_then(identifier::read);
        let event = name(self.event.take(), "event")?.unwrap_or_default();
        let event = crate::event::value::without_reserved(event);
        if event.len() > NAME_BYTES_MAX {
            let problem = format_args!("longer than {NAME_BYTES_MAX} bytes");
            return Err(FieldError::new("name_too_long", "event", problem));
        }
        Ok(event)
    }

    fn take_kind(
        &mut self,
        event: Cow<'a, str>,
        trusted: bool,
        builder: &mut EventBuilder<'a>,
    ) -> Result<(), FieldError> {
        let kind = match &*self.type_name {
            "track" if event.is_empty() => return Err(FieldError::missing("event", "track")),
            "track" => {
                let may_send =
                    |kind: &&'static str| trusted || Kind::find(kind).is_some_and(|kind| !kind.server_only);
                let kind = names::kind_of(&event).filter(may_send).unwrap_or("custom");
                builder.row.name = event;
                kind
            }
            "page" => {
                builder.row.name = self.full_name().unwrap_or_default();
                "page_view"
            }
            "screen" => {
                builder.row.screen = self.full_name().unwrap_or(Cow::Borrowed("screen"));
                "screen_view"
            }
            "identify" => {
                builder.user_optional = true;
                "identify"
            }
            "group" => {
                builder.row.name = Cow::Borrowed("group");
                "custom"
            }
            "alias" => "alias",
            "" => return Err(FieldError::new("missing_field", "type", "required")),
            _ => {
                let problem = "expected track, page, screen, identify, group or alias";
                return Err(FieldError::new("unknown_kind", "type", problem));
            }
        };
        builder.kind = Cow::Borrowed(kind);
        Ok(())
    }

    /// Segment's own name of a page or screen: category and name.
    fn full_name(&self) -> Option<Cow<'a, str>> {
        let name = match (&self.category, &self.name) {
            (Some(category), Some(name)) => Cow::Owned(format!("{category} {name}")),
            (one, other) => one.clone().or_else(|| other.clone())?,
        };
        Some(truncate(name, NAME_BYTES_MAX))
    }

    fn take_properties(
        &mut self,
        around: &mut Surroundings<'a>,
        currency: &str,
        builder: &mut EventBuilder<'a>,
    ) {
        let add_all = |value: Option<Value<'a>>, builder: &mut EventBuilder<'a>| {
            let Some(value) = value else { return };
            each_said(&value, |key, value| builder.add_prop(key, value, ""));
        };
        let properties = self.properties.take();
        match &*self.type_name {
            "track" => take_track(&properties.unwrap_or(Value::Null), currency, builder),
            "page" | "screen" => {
                let is_page = self.type_name == "page";
                let mut page = Page::default();
                each_said(&properties.unwrap_or(Value::Null), |key, value| {
                    let is_name = matches!(&*key, "name" | "category");
                    if !(is_name || is_page && page.set(&key, value.clone())) {
                        builder.add_prop(key, value, "");
                    }
                });
                around.page.replace_by(page);
            }
            "identify" => add_all(self.traits.take().or(around.traits.take()), builder),
            "group" => {
                if let Some(group) = self.group.take() {
                    builder.add_prop(Cow::Borrowed("groupId"), group, "");
                    around.group = None;
                }
                add_all(self.traits.take(), builder);
            }
            _ => self.take_previous(builder),
        }
    }

    /// An alias without an anonymous id comes from a server, and what it calls the previous id is an anonymous one
    /// more often than not: as the visitor's id it joins what this visitor did before, too.
    fn take_previous(&mut self, builder: &mut EventBuilder<'a>) {
        let Some(previous) = self.previous.take() else { return };
        if builder.visitor.is_none() {
            builder.visitor = identifier::read(previous.clone()).filter(|id| !id.starts_with('@'));
        }
        builder.add_prop(Cow::Borrowed("previous"), previous, "");
    }

    /// When it happened. `timestamp` beside an `originalTimestamp` is the caller's word (RudderStack's SDKs add the
    /// other by themselves), or has been corrected by whoever passes the message on: it is right as it is. Alone it is
    /// what the client's clock said, as an `originalTimestamp` alone is.
    fn client_ts(&mut self, builder: &mut EventBuilder<'a>) -> (Option<i64>, bool) {
        let mut read = |value: Option<Value<'a>>, field: &str| {
            timestamp::parse(&value?, field).map_err(|error| builder.note(error)).ok().flatten()
        };
        let own = read(self.timestamp.take(), "timestamp");
        let original = read(self.original_timestamp.take(), "originalTimestamp");
        (own.or(original), own.is_some() && original.is_some())
    }

    /// When it was sent: what cannot be read says nothing.
    fn sent_at(&mut self, body: &Body<'a>, sender: &Sender<'a>) -> Option<i64> {
        let own = self.sent_at.take().and_then(|sent_at| timestamp::sent_at(&sent_at));
        let header = || timestamp::sent_at(&Value::Parameter(Cow::Borrowed(sender.sent_at)));
        own.or(body.sent_at).or_else(header)
    }
}

/// The properties of a track event. Of an event that the specification names, `products` are the items, and the
/// name is its kind.
fn take_track<'a>(properties: &Value<'a>, currency: &str, builder: &mut EventBuilder<'a>) {
    let is_custom = builder.kind == "custom";
    let mut amounts = Amounts::default();
    each_said(properties, |key, value| {
        amounts.look_at(&key, &value);
        let is_items = key == "products" && !is_custom;
        builder.add_prop(if is_items { Cow::Borrowed("items") } else { key }, value, "");
    });
    match amounts.money(&builder.kind, &builder.row.name, currency) {
        Ok(money) => builder.revenue = money,
        Err(error) => builder.note(error),
    }
    if builder.revenue.is_some() {
        builder.props.retain(|(key, _)| key != "revenue" && key != "currency");
    }
    if !is_custom {
        builder.row.name = Cow::Borrowed("");
    }
}

/// A name as text; some callers send numbers.
fn name<'a>(value: Option<Value<'a>>, field: &str) -> Result<Option<Cow<'a, str>>, FieldError> {
    match value {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(Cow::Borrowed(number))),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(_) => Err(FieldError::expected(field, "text")),
    }
}
