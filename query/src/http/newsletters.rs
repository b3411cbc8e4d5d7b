//! `POST /newsletters/links`: signed addresses for a mail tool that does not sign by itself.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use orma_store::NewsletterKey;
use orma_store::newsletter::{Act, Letter, TokenProblem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::SendAccess;
use super::params::{Body, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::state::AppState;

/// Bytes of a request.
pub const LINKS_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Recipients of one request.
const RECIPIENTS_MAX: usize = 1_000;
/// Links of one mail.
const LINKS_MAX: usize = 100;
/// Addresses of one answer, pixels included.
const ADDRESSES_MAX: usize = 10_000;

/// One mail's recipients and links.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterLinksRequest {
    /// The campaign.
    #[schema(example = "saldi-2026", min_length = 1)]
    pub campaign: String,
    /// When the mail will be sent, RFC 3339; now when absent. An open or click within seconds of it is a machine's.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub sent_at: Option<String>,
    /// Where readers reach a collector; the address of this request when absent.
    #[serde(default)]
    #[schema(
        example = "https://collect.example",
        pattern = "^https?://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$"
    )]
    pub collector_url: Option<String>,
    /// At most 1000.
    #[schema(min_items = 1, max_items = 1000)]
    pub recipients: Vec<NewsletterRecipient>,
    /// At most 100; recipients times links and pixels at most 10000.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub links: Vec<NewsletterLink>,
}

/// Who gets a copy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterRecipient {
    /// The user id; empty for one who does not want to be recognised: opens and clicks then count without a person.
    #[serde(default)]
    #[schema(example = "mario@example.it")]
    pub user: String,
    /// The id of this copy of the mail, or of the mail.
    #[serde(default)]
    #[schema(example = "m-42")]
    pub message: String,
}

/// A link of the mail.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterLink {
    /// Its name in answers; without one it is named by its page.
    #[serde(default)]
    #[schema(example = "hero")]
    pub name: String,
    /// Where it leads: an absolute http or https address.
    #[schema(
        example = "https://bottega.example/scarpe",
        pattern = "^https?://[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(/[A-Za-z0-9._~/?&=-]*)?$",
        max_length = 2000
    )]
    pub url: String,
    /// A link that the mail hides from people: whoever follows it is a machine.
    #[serde(default)]
    pub trap: bool,
}

/// The signed addresses.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterAddresses {
    /// In the order of the recipients.
    pub items: Vec<NewsletterCopy>,
}

/// The signed addresses of one copy.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterCopy {
    /// The recipient's user id.
    pub user: String,
    /// The message.
    pub message: String,
    /// The address of the pixel.
    pub open: String,
    /// In the order of the links.
    pub links: Vec<NewsletterSignedLink>,
}

/// A signed link.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterSignedLink {
    /// Its name.
    pub name: String,
    /// The address that stands in the mail.
    pub url: String,
}

/// Signs the pixel and the links of a mail for each recipient. A mail tool can do the same offline with the secret of
/// `orma site newsletter-secret`: docs/newsletter.md shows how.
#[utoipa::path(post, path = "/newsletters/links", tag = "newsletters", params(SitePath),
    request_body = NewsletterLinksRequest,
    responses(
        (status = 200, description = "The addresses", body = NewsletterAddresses),
        (status = 400, description = "A field is wrong, or there are too many", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token may not send events to this site", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    access: SendAccess,
    headers: HeaderMap,
    Body(request): Body<NewsletterLinksRequest>,
) -> Result<Json<NewsletterAddresses>, ApiError> {
    check_size(&request)?;
    let base = base_url(request.collector_url.as_deref(), &headers)?;
    let sent_at = sent_at(request.sent_at.as_deref())?;
    let key = state.registry.newsletter_key(&access.site.site).await?;
    let copies = request.recipients.iter().enumerate();
    let signed = copies.map(|(index, recipient)| copy(&request, &key, &base, sent_at, index, recipient));
    Ok(Json(NewsletterAddresses { items: signed.collect::<Result<_, _>>()? }))
}

fn check_size(request: &NewsletterLinksRequest) -> Result<(), ApiError> {
    let refuse = |field: &str, message: String| Err(ApiError::invalid("invalid_field", field, message));
    let (recipients, links) = (request.recipients.len(), request.links.len());
    if request.campaign.is_empty() {
        return refuse("campaign", "`campaign` is required.".into());
    }
    if !(1..=RECIPIENTS_MAX).contains(&recipients) {
        return refuse("recipients", format!("`recipients` takes 1 to {RECIPIENTS_MAX}, not {recipients}."));
    }
    if links > LINKS_MAX {
        return refuse("links", format!("`links` takes at most {LINKS_MAX}, not {links}."));
    }
    let addresses = recipients * (links + 1);
    if addresses > ADDRESSES_MAX {
        let message = format!(
            "{addresses} addresses are too many for one answer, which holds {ADDRESSES_MAX}; send fewer recipients."
        );
        return refuse("recipients", message);
    }
    Ok(())
}

fn copy(
    request: &NewsletterLinksRequest,
    key: &NewsletterKey,
    base: &str,
    sent_at: i64,
    index: usize,
    recipient: &NewsletterRecipient,
) -> Result<NewsletterCopy, ApiError> {
    let open = Letter {
        act: Act::Open,
        sent_at,
        campaign: &request.campaign,
        message: &recipient.message,
        recipient: &recipient.user,
        link: "",
        target: "",
    };
    let refuse = |problem, link| refused(problem, index, link);
    let pixel = open.sign(key).map_err(|problem| refuse(problem, 0))?;
    let links = request.links.iter().enumerate().map(|(number, link)| {
        let act = if link.trap { Act::Trap } else { Act::Click };
        let letter = Letter { act, link: &link.name, target: &link.url, ..open };
        let token = letter.sign(key).map_err(|problem| refuse(problem, number))?;
        Ok(NewsletterSignedLink { name: link.name.clone(), url: format!("{base}/c/{token}") })
    });
    Ok(NewsletterCopy {
        user: recipient.user.clone(),
        message: recipient.message.clone(),
        open: format!("{base}/o/{pixel}.gif"),
        links: links.collect::<Result<_, ApiError>>()?,
    })
}

/// The field of the request that a problem of a letter is about.
fn refused(problem: TokenProblem, recipient: usize, link: usize) -> ApiError {
    let message = problem.to_string();
    let field = match message.split(':').next().unwrap_or_default() {
        "message" => format!("recipients[{recipient}].message"),
        "recipient" => format!("recipients[{recipient}].user"),
        "link" => format!("links[{link}].name"),
        "target" => format!("links[{link}].url"),
        other => other.to_owned(),
    };
    ApiError::invalid("invalid_field", field, message)
}

fn sent_at(text: Option<&str>) -> Result<i64, ApiError> {
    let Some(text) = text else { return Ok(Timestamp::now().as_second()) };
    let parsed = text.parse::<Timestamp>();
    parsed.map(Timestamp::as_second).map_err(|_| {
        ApiError::invalid("invalid_field", "sent_at", "`sent_at` must be an RFC 3339 moment with its zone.")
    })
}

/// Scheme and host of the collector, without a slash at the end.
fn base_url(named: Option<&str>, headers: &HeaderMap) -> Result<String, ApiError> {
    if let Some(url) = named {
        let base = url.trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty()
            || host.contains(|c: char| c.is_whitespace() || c.is_control() || "?#\"<>".contains(c))
        {
            let message = "`collector_url` must be an address such as https://collect.example.";
            return Err(ApiError::invalid("invalid_field", "collector_url", message));
        }
        return Ok(base.to_owned());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    let host = text("x-forwarded-host").or_else(|| text(header::HOST.as_str())).ok_or_else(|| {
        ApiError::invalid(
            "invalid_field",
            "collector_url",
            "`collector_url` is required where no Host is sent.",
        )
    })?;
    Ok(format!("{scheme}://{host}"))
}
