//! The signed addresses in a newsletter: the open pixel `/o/{token}.gif` and the click link `/c/{token}`.
//!
//! ```text
//! token     = base64url( signature ‖ text ), without padding
//! text      = the fields in their order, with a line feed (0x0A) between, UTF-8
//! signature = the first 16 bytes of HMAC-SHA256( secret, text )
//!
//! open      o1  key  sent_at  campaign  message  recipient
//! click     c1  key  sent_at  campaign  message  recipient  link  target
//! trap      h1  the same fields as a click: a link that no person sees
//! ```
//! The first field is kind and version; it is under the signature, so no token passes for another kind. `secret` is the
//! text of the site's newsletter signing secret, as `orma site newsletter-secret` prints it: `ns_KEY_HEX`. `key` is its
//! middle part, by which the collector finds secret and site. `sent_at` is decimal seconds since the epoch. Fields hold
//! no control character; campaign, message, recipient and link may be empty. The target is an absolute `http` or
//! `https` address.
//!
//! A mail tool makes tokens offline: nothing in them comes from a server but the secret. `docs/newsletter.md` has
//! examples and test vectors.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;

pub use crate::registry::NewsletterKey;

/// Bytes of the signature in a token: 128 bits.
pub const SIGNATURE_BYTES: usize = 16;
/// Characters of a token; longer ones are not looked at.
pub const TOKEN_BYTES_MAX: usize = 4_096;
/// Bytes of a campaign, a message and a link's name.
pub const NAME_BYTES_MAX: usize = 128;
/// Bytes of a recipient: as many as a user id may have.
pub const RECIPIENT_BYTES_MAX: usize = 256;
/// Bytes of a target.
pub const TARGET_BYTES_MAX: usize = 2_000;
/// The first moment that a mail may no longer claim: 2100-01-01T00:00:00Z, in seconds since the epoch.
const SENT_AT_END: i64 = 4_102_444_800;

/// What a reader of the mail did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The pixel was loaded.
    Open,
    /// A link was followed.
    Click,
    /// A link was followed that no person sees.
    Trap,
}

impl Act {
    const fn mark(self) -> &'static str {
        match self {
            Self::Open => "o1",
            Self::Click => "c1",
            Self::Trap => "h1",
        }
    }

    fn of_mark(mark: &str) -> Option<Self> {
        [Self::Open, Self::Click, Self::Trap].into_iter().find(|act| act.mark() == mark)
    }
}

/// What a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter<'a> {
    /// What it is the address of.
    pub act: Act,
    /// When the mail was sent: seconds since the epoch.
    pub sent_at: i64,
    /// The campaign.
    pub campaign: &'a str,
    /// The message: one recipient's copy, or the mail as a whole.
    pub message: &'a str,
    /// The recipient's user id; empty for one who does not want to be known.
    pub recipient: &'a str,
    /// The link's name; empty for an open.
    pub link: &'a str,
    /// Where the link leads; empty for an open.
    pub target: &'a str,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// Not base64url, too long, or without the fields of a token.
    #[error("this is not a token")]
    Malformed,
    /// No secret has its key id, or it was withdrawn.
    #[error("no signing secret has the token's key id")]
    UnknownKey,
    /// The signature is not that of its secret.
    #[error("the signature is wrong")]
    Signature,
    /// Signed, but a field cannot be.
    #[error("{0}")]
    Field(&'static str),
}

impl TokenProblem {
    /// The name in metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Field(_) => "field",
        }
    }
}

impl Letter<'_> {
    /// The token of this letter.
    ///
    /// # Errors
    /// A field is too long, holds a control character, or is no address.
    pub fn sign(&self, key: &NewsletterKey) -> Result<String, TokenProblem> {
        self.check()?;
        let sent_at = self.sent_at.to_string();
        let mut fields =
            vec![self.act.mark(), &key.key_id, &sent_at, self.campaign, self.message, self.recipient];
        if self.act != Act::Open {
            fields.extend([self.link, self.target]);
        }
        let text = fields.join("\n");
        let mut bytes = key.mac(text.as_bytes()).finalize().into_bytes()[..SIGNATURE_BYTES].to_vec();
        bytes.extend_from_slice(text.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn check(&self) -> Result<(), TokenProblem> {
        let is_short = |text: &str, bytes_max| text.len() <= bytes_max && !text.chars().any(char::is_control);
        if !(0..SENT_AT_END).contains(&self.sent_at) {
            return Err(TokenProblem::Field("sent_at: expected seconds since the epoch"));
        }
        if !is_short(self.campaign, NAME_BYTES_MAX) {
            return Err(TokenProblem::Field("campaign: longer than 128 bytes, or a control character"));
        }
        if !is_short(self.message, NAME_BYTES_MAX) {
            return Err(TokenProblem::Field("message: longer than 128 bytes, or a control character"));
        }
        if !is_short(self.recipient, RECIPIENT_BYTES_MAX) {
            return Err(TokenProblem::Field("recipient: longer than 256 bytes, or a control character"));
        }
        if self.act == Act::Open {
            return Ok(());
        }
        if !is_short(self.link, NAME_BYTES_MAX) {
            return Err(TokenProblem::Field("link: longer than 128 bytes, or a control character"));
        }
        if !is_short(self.target, TARGET_BYTES_MAX) || !is_web_address(self.target) {
            return Err(TokenProblem::Field(
                "target: expected an http or https address of at most 2000 bytes",
            ));
        }
        Ok(())
    }
}

/// Whether a browser would take it for an absolute address of the web. Asked of the parser that browsers' rules are
/// written for, so that nothing passes here that is something else there.
fn is_web_address(target: &str) -> bool {
    let written = target.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
        || target.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
    let parsed = url::Url::parse(target);
    written && parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// A token's bytes, decoded and not yet believed.
#[derive(Debug)]
pub struct Opened {
    signature: [u8; SIGNATURE_BYTES],
    text: String,
}

impl Opened {
    /// Decodes a token.
    ///
    /// # Errors
    /// It is not one.
    pub fn decode(token: &str) -> Result<Self, TokenProblem> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenProblem::Malformed);
        }
        // This decoder refuses unused bits at the end, so that no other spelling of a token is one.
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenProblem::Malformed)?;
        let (signature, text) = bytes.split_at_checked(SIGNATURE_BYTES).ok_or(TokenProblem::Malformed)?;
        let text = String::from_utf8(text.to_vec()).map_err(|_| TokenProblem::Malformed)?;
        Ok(Self { signature: signature.try_into().expect("as long as it was split"), text })
    }

    /// Checks the signature and reads the fields. `find` looks up a secret by its id.
    ///
    /// # Errors
    /// See [`TokenProblem`].
    pub fn verify<'a, 'k>(
        &'a self,
        find: impl FnOnce(&str) -> Option<&'k NewsletterKey>,
    ) -> Result<(Letter<'a>, &'k NewsletterKey), TokenProblem> {
        let fields: Vec<&str> = self.text.split('\n').collect();
        let &[mark, key_id, sent_at, campaign, message, recipient, ref rest @ ..] = fields.as_slice() else {
            return Err(TokenProblem::Malformed);
        };
        let key = find(key_id).ok_or(TokenProblem::UnknownKey)?;
        // Compares in constant time.
        key.mac(self.text.as_bytes())
            .verify_truncated_left(&self.signature)
            .map_err(|_| TokenProblem::Signature)?;
        let act = Act::of_mark(mark).ok_or(TokenProblem::Field("the kind or version is not known"))?;
        let (link, target) = match (act, rest) {
            (Act::Open, []) => ("", ""),
            (Act::Click | Act::Trap, &[link, target]) => (link, target),
            _ => return Err(TokenProblem::Field("the number of fields is not that of the kind")),
        };
        let sent_at =
            sent_at.parse().map_err(|_| TokenProblem::Field("sent_at: expected seconds since the epoch"))?;
        let letter = Letter { act, sent_at, campaign, message, recipient, link, target };
        letter.check()?;
        Ok((letter, key))
    }
}

#[cfg(test)]
mod tests;
