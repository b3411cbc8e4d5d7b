//! What surrounds an event: device, app, language, consent.

use std::borrow::Cow;
use std::net::IpAddr;

use orma_model::event_row::EventRow;

use super::field_error::FieldError;
use super::identifier::is_placeholder;
use super::json::NotJson;
use super::language;
use super::limits::{TEXT_BYTES_MAX, truncate};
use super::parsed::Behalf;
use super::reader::Reader;
use super::value::Value;
use crate::node::first_address;

/// The context of a request or of one event; `None` is what it does not say.
///
/// `viewport`, `screen.density` and fields that are not known have no column and are passed over.
#[derive(Debug, Default)]
pub struct Context<'a> {
    language: Option<Cow<'a, str>>,
    timezone: Option<Cow<'a, str>>,
    screen_width: Option<u16>,
    screen_height: Option<u16>,
    app_name: Option<Cow<'a, str>>,
    app_version: Option<Cow<'a, str>>,
    app_build: Option<Cow<'a, str>>,
    device_brand: Option<Cow<'a, str>>,
    device_model: Option<Cow<'a, str>>,
    device_class: Option<Cow<'a, str>>,
    os: Option<Cow<'a, str>>,
    os_version: Option<Cow<'a, str>>,
    network: Option<Cow<'a, str>>,
    consent: Option<Cow<'a, str>>,
    sdk: Option<Cow<'a, str>>,
    behalf: Behalf<'a>,
    /// Anything at all is said: most events of a batch have no context of their own.
    is_said: bool,
}

impl<'a> Context<'a> {
    /// Takes one field of the context from the reader. What cannot be read of it is added to `unreadable`.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn read_field(
        &mut self,
        key: &str,
        reader: &mut Reader<'a>,
        unreadable: &mut Vec<FieldError>,
    ) -> Result<(), NotJson> {
        let set_part = match key {
            "screen" => Self::set_screen,
            "app" => Self::set_app,
            "device" => Self::set_device,
            "os" => Self::set_os,
            _ => {
                self.set(key, reader.value()?, unreadable);
                return Ok(());
            }
        };
        if reader.first_byte() != Some(b'{') {
            self.set(key, reader.value()?, unreadable);
            return Ok(());
        }
        self.is_said = true;
        reader.each_field(|key, reader| {
            let set = set_part(self, &key, reader.value()?);
            unreadable.extend(set.err());
            Ok::<_, NotJson>(())
        })?;
        Ok(())
    }

    /// Takes one field of the context that is no object. What cannot be read of it is added to `unreadable`.
    pub fn set(&mut self, key: &str, value: Value<'a>, unreadable: &mut Vec<FieldError>) {
        unreadable.extend(self.try_set(key, value).err());
    }

    fn try_set(&mut self, key: &str, value: Value<'a>) -> Result<(), FieldError> {
        self.is_said = true;
        match key {
            "language" => self.language = text(value, "context.language")?.map(language::canonical),
            "timezone" => self.timezone = text(value, "context.timezone")?,
            "network" => self.network = text(value, "context.network")?,
            "sdk" => self.sdk = text(value, "context.sdk")?,
            "consent" => {
                let state = value.text("context.consent")?;
                self.consent = state.filter(|state| matches!(&**state, "granted" | "denied"));
            }
            "ip" => self.behalf.address = address(value)?,
            "user_agent" => self.behalf.user_agent = text(value, "context.user_agent")?,
            "hints" => self.behalf.hints = text(value, "context.hints")?,
            "touch_points" => self.behalf.touch_points = value.whole("context.touch_points", u32::MAX)?,
            "screen" | "app" | "device" | "os" if value != Value::Null => {
                return Err(FieldError::expected(format!("context.{key}"), "an object"));
            }
            _ => {}
        }
        Ok(())
    }

    #[expect(clippy::needless_pass_by_value, reason = "one of several that take their value")]
    fn set_screen(&mut self, key: &str, value: Value<'a>) -> Result<(), FieldError> {
        match key {
            "width" => self.screen_width = pixels(&value, "context.screen.width")?,
            "height" => self.screen_height = pixels(&value, "context.screen.height")?,
            _ => {}
        }
        Ok(())
    }

    fn set_app(&mut self, key: &str, value: Value<'a>) -> Result<(), FieldError> {
        match key {
            "name" => self.app_name = text(value, "context.app.name")?,
            "version" => self.app_version = text(value, "context.app.version")?,
            "build" => self.app_build = text(value, "context.app.build")?,
            _ => {}
        }
        Ok(())
    }

    fn set_device(&mut self, key: &str, value: Value<'a>) -> Result<(), FieldError> {
        match key {
            "brand" => self.device_brand = text(value, "context.device.brand")?,
            "model" => self.device_model = text(value, "context.device.model")?,
            "class" => self.device_class = text(value, "context.device.class")?,
            _ => {}
        }
        Ok(())
    }

    fn set_os(&mut self, key: &str, value: Value<'a>) -> Result<(), FieldError> {
        match key {
            "name" => self.os = text(value, "context.os.name")?,
            "version" => self.os_version = text(value, "context.os.version")?,
            _ => {}
        }
        Ok(())
    }

    /// Says whom the event speaks for.
    pub fn speak_for(&mut self, behalf: Behalf<'a>) {
        self.is_said = true;
        self.behalf = behalf;
    }

    /// Whom the event speaks for, where its own context says so and `defaults` otherwise.
    pub fn behalf(&self, defaults: &Self) -> Behalf<'a> {
        if !self.is_said {
            return defaults.behalf.clone();
        }
        Behalf {
            address: self.behalf.address.or(defaults.behalf.address),
            user_agent: self.behalf.user_agent.clone().or_else(|| defaults.behalf.user_agent.clone()),
            touch_points: self.behalf.touch_points.or(defaults.behalf.touch_points),
            hints: self.behalf.hints.clone().or_else(|| defaults.behalf.hints.clone()),
        }
    }

    /// Writes what the context says into its columns; the rest stays as it was.
    pub fn write(&self, row: &mut EventRow<'a>) {
        if !self.is_said {
            return;
        }
        write(self.language.as_ref(), &mut row.language);
        write(self.timezone.as_ref(), &mut row.timezone);
        write(self.app_name.as_ref(), &mut row.app_name);
        write(self.app_version.as_ref(), &mut row.app_version);
        write(self.app_build.as_ref(), &mut row.app_build);
        write(self.device_brand.as_ref(), &mut row.device_brand);
        write(self.device_model.as_ref(), &mut row.device_model);
        write(self.device_class.as_ref(), &mut row.device_class);
        write(self.os.as_ref(), &mut row.os);
        write(self.os_version.as_ref(), &mut row.os_version);
        write(self.network.as_ref(), &mut row.network);
        write(self.consent.as_ref(), &mut row.consent);
        write(self.sdk.as_ref(), &mut row.sdk);
        row.screen_width = self.screen_width.unwrap_or(row.screen_width);
        row.screen_height = self.screen_height.unwrap_or(row.screen_height);
    }
}

/// The address of whom a server speaks for. Servers pass on what a proxy told them: with a port, in brackets, or the
/// list of all proxies, as text or as a list of texts; and proxies write `unknown`.
pub fn address(value: Value<'_>) -> Result<Option<IpAddr>, FieldError> {
    let expected = || FieldError::expected("context.ip", "an IP address");
    let text = match value {
        Value::Nested(json) if json.starts_with('[') => {
            let mut texts = Vec::new();
            Reader::new(json).each_element(|reader| {
                texts.extend(reader.value()?.text("context.ip")?);
                Ok::<_, FieldError>(())
            })?;
            Cow::Owned(texts.join(","))
        }
        other => other.text("context.ip")?.unwrap_or_default(),
    };
    if is_placeholder(&text) {
        return Ok(None);
    }
    first_address(&text).map(Some).ok_or_else(expected)
}

fn write<'a>(said: Option<&Cow<'a, str>>, column: &mut Cow<'a, str>) {
    // Of each event of a batch, and nearly always borrowed: `clone_from` is a call that first looks at what was there.
    match said {
        Some(Cow::Borrowed(text)) => *column = Cow::Borrowed(text),
        Some(Cow::Owned(text)) => *column = Cow::Owned(text.clone()),
        None => {}
    }
}

fn text<'a>(value: Value<'a>, field: &str) -> Result<Option<Cow<'a, str>>, FieldError> {
    Ok(value.label(field)?.map(|text| truncate(text, TEXT_BYTES_MAX)))
}

/// CSS pixels; more than the column holds is its largest number.
fn pixels(value: &Value, field: &str) -> Result<Option<u16>, FieldError> {
    let pixels = value.whole(field, u32::MAX)?;
    Ok(pixels.map(|pixels| u16::try_from(pixels).unwrap_or(u16::MAX)))
}
