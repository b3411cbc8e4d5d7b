//! An event while its fields arrive: which field goes where.
//!
//! What cannot be read costs its field, and the event only when its kind demands the field: an order outweighs the width
//! of the screen it came from. The event names what it lost in [`DROPPED`].

use std::borrow::Cow;

use orma_model::event_row::EventRow;
use orma_model::spelling;

use super::context::Context;
use super::field_error::FieldError;
use super::limits::{
    ITEMS_BYTES_MAX, NAME_BYTES_MAX, PROP_DEPTH_MAX, PROP_KEY_BYTES_MAX, PROP_VALUE_BYTES_MAX, PROPS_MAX,
    TEXT_BYTES_MAX, TITLE_BYTES_MAX, URL_BYTES_MAX, truncate,
};
use super::money::{self, Money};
use super::parsed::Delivery;
use super::reader::{Reader, each_field};
use super::value::{Value, without_reserved};
use super::{identifier, timestamp};

/// The prop that names what of an event was left out: fields and properties that could not be read, and, of protocols
/// whose clients cannot be told, props that were too many or too long.
pub const DROPPED: &str = "dropped_props";

/// Names and values of props, each name once.
pub type Props<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// What a request says for each of its events, unless the event says otherwise.
#[derive(Debug, Default)]
pub struct Defaults<'a> {
    /// The visitor's id.
    pub visitor: Option<Cow<'a, str>>,
    /// The user's id.
    pub user: Option<Cow<'a, str>>,
    /// See [`EventBuilder::user_optional`].
    pub user_optional: bool,
    /// The session's id.
    pub session: Option<Cow<'a, str>>,
    /// The context.
    pub context: Context<'a>,
    /// What of it cannot be read, though a request is free to leave it out.
    pub unreadable: Vec<FieldError>,
}

impl<'a> Defaults<'a> {
    /// Takes the context; one that is no object says nothing.
    pub fn set_context(&mut self, value: &Value<'a>) {
        set_context(&mut self.context, value, &mut self.unreadable);
    }
}

/// An event whose fields have been read one by one, but not yet looked at together. A field that comes twice
/// counts as it came last.
#[derive(Debug, Default)]
pub struct EventBuilder<'a> {
    /// The columns that no other field has a say in.
    pub row: Box<EventRow<'a>>,
    /// The kind as the client names it; empty when it names none.
    pub kind: Cow<'a, str>,
    /// The client's id of the event.
    pub id: Option<Cow<'a, str>>,
    /// By the client's clock, in milliseconds since the epoch.
    pub client_ts: Option<i64>,
    /// The event's own visitor id.
    pub visitor: Option<Cow<'a, str>>,
    /// The event's own user id.
    pub user: Option<Cow<'a, str>>,
    /// The event's own session id.
    pub session: Option<Cow<'a, str>>,
    /// The address of the page, or of the network request.
    pub url: Cow<'a, str>,
    /// Cold, warm or hot, for the start of an app.
    pub start: Option<Value<'a>>,
    /// The rating of a vital; a prop for other kinds.
    pub rating: Option<Value<'a>>,
    /// A newsletter's campaign; a prop for other kinds.
    pub campaign: Option<Value<'a>>,
    /// What an `identify` says of the user; a prop for other kinds.
    pub traits: Option<Value<'a>>,
    /// How long it took, under each of the names that contract kinds use. Milliseconds.
    pub duration_ms: Option<u32>,
    /// How long a page or screen took to load. Milliseconds.
    pub load_ms: Option<u32>,
    /// Time to the first frame. Milliseconds.
    pub ttid_ms: Option<u32>,
    /// The value of a vital.
    pub value: Option<f64>,
    /// The score of a survey's answer.
    pub score: Option<f64>,
    /// The money involved.
    pub revenue: Option<Money<'a>>,
    /// What was said of money that cannot be read: it becomes props, for all to see.
    pub money_as_said: Vec<(&'static str, Value<'a>)>,
    /// The event's own context.
    pub context: Context<'a>,
    /// The caller's props.
    pub props: Props<'a>,
    /// The event's fields that have no column: they are props too, and win over the caller's.
    pub fields: Props<'a>,
    /// What its protocol says of each event's delivery by itself.
    pub delivery: Delivery,
    /// An `identify` may tell of a visitor who has no user id yet, or a placeholder for one.
    pub user_optional: bool,
    /// What cannot be read, and so costs itself.
    pub unreadable: Vec<FieldError>,
    /// The first thing for which the event is refused. The fields after it are still read, so that the kind is known.
    pub error: Option<FieldError>,
}

impl<'a> EventBuilder<'a> {
    /// Takes one field of the event.
    pub fn set(&mut self, field: Cow<'a, str>, value: Value<'a>) {
        if let Err(error) = self.try_set(field, value) {
            self.note(error);
        }
    }

    /// Remembers what is wrong with a field: that it is left out, or that the event is refused for it.
    pub fn note(&mut self, error: FieldError) {
        if error.unreadable {
            self.unreadable.push(error);
        } else {
            self.error.get_or_insert(error);
        }
    }

    /// Takes a field that has no column, whatever its name.
    pub fn set_other(&mut self, field: Cow<'a, str>, value: Value<'a>) {
        if let Err(error) = self.try_set_other(field, value) {
            self.note(error);
        }
    }

    /// Takes money, or else remembers how it was said.
    pub fn set_revenue(
        &mut self,
        money: Result<Option<Money<'a>>, FieldError>,
        said: impl IntoIterator<Item = (&'static str, Value<'a>)>,
    ) {
        self.money_as_said.clear();
        match money {
            Ok(money) => self.revenue = money,
            Err(error) => {
                self.money_as_said.extend(said);
                self.note(error);
            }
        }
    }

    fn try_set(&mut self, field: Cow<'a, str>, value: Value<'a>) -> Result<(), FieldError> {
        let row = &mut self.row;
        match &*field {
            "kind" => self.kind = value.text("kind")?.unwrap_or_default(),
            "id" => self.id = identifier::read(value),
            "ts" => self.client_ts = timestamp::parse(&value, "ts")?,
            "visitor" => self.visitor = identifier::read(value),
            "user" => {
                let is_said = value != Value::Null;
                self.user = identifier::read_user(value);
                self.user_optional |= is_said && self.user.is_none();
            }
            "session" => self.session = identifier::read(value),
            "context" => set_context(&mut self.context, &value, &mut self.unreadable),
            "props" => {
                self.props.clear();
                self.add_props(&value, "props", "props.")?;
            }
            "url" => self.url = value.text("url")?.unwrap_or_default(),
            "title" => row.title = text(value, "title", TITLE_BYTES_MAX)?,
            "referrer" => row.referrer = text(value, "referrer", URL_BYTES_MAX)?,
            "screen" => row.screen = text(value, "screen", TEXT_BYTES_MAX)?,
            "name" => row.name = name(value)?,
            "target" => row.target = text(value, "target", TEXT_BYTES_MAX)?,
            "message" => row.message = text(value, "message", TEXT_BYTES_MAX)?,
            "link" => row.link = text(value, "link", TEXT_BYTES_MAX)?,
            "engaged_ms" => row.engaged_ms = value.whole("engaged_ms", u32::MAX)?.unwrap_or_default(),
            "scroll_pct" => row.scroll_pct = value.whole("scroll_pct", 100)?.unwrap_or_default() as u8,
            "duration_ms" => self.duration_ms = value.whole("duration_ms", u32::MAX)?,
            "load_ms" => self.load_ms = value.whole("load_ms", u32::MAX)?,
            "ttid_ms" => self.ttid_ms = value.whole("ttid_ms", u32::MAX)?,
            "value" => self.value = single(&value, "value")?,
            "score" => self.score = single(&value, "score")?,
            "revenue" => self.set_revenue(money::from_object(&value), [("revenue", value)]),
            "start" => self.start = Some(value),
            "rating" => self.rating = Some(value),
            "campaign" => self.campaign = Some(value),
            "traits" => self.traits = Some(value),
            _ => return self.try_set_other(field, value),
        }
        Ok(())
    }

    /// Takes a field that has no column.
    pub fn try_set_other(&mut self, field: Cow<'a, str>, value: Value<'a>) -> Result<(), FieldError> {
        // Text that people wrote is worth keeping in part; a list of items is not.
        let text_bytes_max = match &*field {
            "text" => Some(TEXT_BYTES_MAX),
            "href" => Some(URL_BYTES_MAX),
            "comment" | "question" | "subject" => Some(PROP_VALUE_BYTES_MAX),
            _ => None,
        };
        let value = match (value, text_bytes_max) {
            (Value::Text(text), Some(bytes_max)) => Value::Text(truncate(text, bytes_max)),
            (Value::Parameter(text), Some(bytes_max)) => Value::Parameter(truncate(text, bytes_max)),
            (other, _) => other,
        };
        let value = match value {
            Value::Text(link) if field == "href" => Value::Text(spelling::address(link)),
            Value::Parameter(link) if field == "href" => Value::Parameter(spelling::address(link)),
            other => other,
        };
        add_prop(&mut self.fields, field, value, "")
    }

    /// Takes the caller's props of the object in `field`; `parent` is what is said before the name of one. One beyond a limit
    /// costs itself: an order is worth more than its longest prop, and its sender cannot always be told to send less.
    ///
    /// # Errors
    /// The field holds no object.
    pub fn add_props(&mut self, value: &Value<'a>, field: &str, parent: &str) -> Result<(), FieldError> {
        let Some(object) = value.object(field)? else { return Ok(()) };
        each_field(object, |key, value| {
            self.add_prop(key, value, parent);
            Ok(())
        })
    }

    /// Takes one of the caller's props; `parent` is what is said before its name where it is left out.
    pub fn add_prop(&mut self, key: Cow<'a, str>, value: Value<'a>, parent: &str) {
        if let Err(error) = add_prop(&mut self.props, key, value, parent) {
            self.note(error);
        }
    }
}

/// Adds a prop, or replaces the one of the same name. `parent` is what messages say before the name.
///
/// # Errors
/// The prop is beyond a limit, and is left out.
pub fn add_prop<'a>(
    props: &mut Props<'a>,
    key: Cow<'a, str>,
    value: Value<'a>,
    parent: &str,
) -> Result<(), FieldError> {
    let key = without_reserved(key);
    if key.len() > PROP_KEY_BYTES_MAX {
        let start = truncate(key, PROP_KEY_BYTES_MAX);
        let problem = format!("the name is longer than {PROP_KEY_BYTES_MAX} bytes");
        return Err(FieldError::unreadable("prop_name_too_long", format_args!("{parent}{start}…"), problem));
    }
    let Ok(text) = value.prop() else {
        let problem = format!("more than {PROP_DEPTH_MAX} levels of lists and objects");
        return Err(FieldError::unreadable("nested_too_deep", format_args!("{parent}{key}"), problem));
    };
    let Some(text) = text else { return Ok(()) };
    let bytes_max = if key == "items" { ITEMS_BYTES_MAX } else { PROP_VALUE_BYTES_MAX };
    if text.len() > bytes_max {
        let problem = format!("longer than {bytes_max} bytes");
        return Err(FieldError::unreadable("prop_too_long", format_args!("{parent}{key}"), problem));
    }
    replace_prop(props, key, text, parent)
}

/// Adds a prop that has been checked, or replaces the one of the same name.
///
/// # Errors
/// There is no room for it, and it is left out.
pub fn replace_prop<'a>(
    props: &mut Props<'a>,
    key: Cow<'a, str>,
    text: Cow<'a, str>,
    parent: &str,
) -> Result<(), FieldError> {
    if let Some((_, old)) = props.iter_mut().find(|(name, _)| *name == key) {
        *old = text;
    } else if props.len() == PROPS_MAX {
        let problem = format!("one more than the {PROPS_MAX} props of an event");
        return Err(FieldError::unreadable("too_many_props", format_args!("{parent}{key}"), problem));
    } else {
        props.push((key, text));
    }
    Ok(())
}

/// Reads a context in place of what was there before.
fn set_context<'a>(context: &mut Context<'a>, value: &Value<'a>, unreadable: &mut Vec<FieldError>) {
    *context = Context::default();
    let object = match value.object("context") {
        Ok(None) => return,
        Ok(Some(object)) => object,
        Err(error) => return unreadable.push(error),
    };
    let read = Reader::new(object).each_field(|key, reader| context.read_field(&key, reader, unreadable));
    // An object that has been read as JSON before.
    debug_assert!(read.is_ok(), "a part of JSON is JSON");
}

fn text<'a>(value: Value<'a>, field: &str, bytes_max: usize) -> Result<Cow<'a, str>, FieldError> {
    Ok(truncate(value.text(field)?.unwrap_or_default(), bytes_max))
}

fn name(value: Value) -> Result<Cow<str>, FieldError> {
    let name = value.text("name")?.unwrap_or_default();
    if name.len() > NAME_BYTES_MAX {
        return Err(FieldError::new(
            "name_too_long",
            "name",
            format_args!("longer than {NAME_BYTES_MAX} bytes"),
        ));
    }
    Ok(name)
}

/// A number that the column, which has single precision, can hold.
fn single(value: &Value, field: &str) -> Result<Option<f64>, FieldError> {
    match value.number(field)? {
        Some(number) if !(number as f32).is_finite() => Err(FieldError::expected(field, "a smaller number")),
        number => Ok(number),
    }
}
