//! The campaign parameters of an address: `utm_*` and the kind of click id; and addresses without the ids of persons.

use std::borrow::Cow;

use memchr::memchr;
use orma_model::bytes::{self, Bytes};

use crate::form;

/// A campaign value is cut to this many bytes, at the boundary of a character.
pub const CAMPAIGN_VALUE_BYTES_MAX: usize = 200;

/// Parameters of a query after this many are not looked at.
pub const QUERY_PARAMETERS_MAX: usize = 256;

/// The click ids that advertising and mail systems append to an address, by parameter name in lower case.
/// When an address carries several, the first of this list says more: the ids that only paid clicks carry
/// stand before those that are on every link.
pub const CLICK_IDS: [&str; 32] = [
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "yclid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "rdt_cid",
    "sccid",
    "qclid",
    "obclid",
    "tblci",
    "irclickid",
    "cjevent",
    "epik",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "_kx",
    "vero_id",
    "vero_conv",
    "ml_subscriber",
    "ml_subscriber_hash",
    "fbclid",
    "igshid",
    "igsh",
    "ysclid",
    "srsltid",
];

/// Ids of persons that say nothing of who sent the visit: of links from one of a company's sites to the next, of a mail's
/// recipients, of clicks in networks of many kinds, and of services that watch campaigns. They are cut out like click ids.
const LINK_IDS: [&str; 26] = [
    "_gl",
    "_ga",
    "__hstc",
    "__hssc",
    "__hsfp",
    "wickedid",
    "oly_anon_id",
    "oly_enc_id",
    "rb_clickid",
    "_branch_match_id",
    "__s",
    "_bhlid",
    "_ke",
    "awc",
    "bbeml",
    "bsft_clkid",
    "bsft_uid",
    "dicbo",
    "ef_id",
    "elqtrackid",
    "et_rid",
    "mibextid",
    "ndclid",
    "sc_cid",
    "sfmc_id",
    "ss_email_id",
];

/// A parameter's name is not decoded when it is longer than any that is looked for could be. Bytes.
const ENCODED_NAME_BYTES_MAX: usize = 100;

/// The campaign that an address names. What it does not name is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Campaign<'a> {
    /// `utm_source`.
    pub source: Cow<'a, str>,
    /// `utm_medium`.
    pub medium: Cow<'a, str>,
    /// `utm_campaign`.
    pub campaign: Cow<'a, str>,
    /// `utm_term`.
    pub term: Cow<'a, str>,
    /// `utm_content`.
    pub content: Cow<'a, str>,
    /// One of [`CLICK_IDS`], or empty. The id itself, which names a person's click, is not kept.
    pub click_id_kind: &'static str,
}

/// A query without click ids, each of which names one person's click; `None` when it has none.
pub fn query_without_click_ids(query: &str) -> Option<String> {
    without_click_ids(query, true, |_| false)
}

/// Whether a text may have a parameter with a value, percent-encoded or not: most have none, and one without a value names
/// nobody.
#[inline]
fn may_have_parameters(text: &str) -> bool {
    bytes::has(text.as_bytes(), |bytes| bytes.are(b'=') | bytes.are(b'%'))
}

/// An address without click ids in its query and its fragment; `None` when it has none.
#[inline]
pub fn address_without_click_ids(address: &str) -> Option<String> {
    if may_have_parameters(address) { without_click_ids(address, false, |_| false) } else { None }
}

/// Text without the click ids of the addresses in it; `None` when it has none. JSON is such text.
#[inline]
pub fn text_without_click_ids(text: &str) -> Option<String> {
    let ends =
        |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')' | '\\');
    if may_have_parameters(text) { without_click_ids(text, false, ends) } else { None }
}

/// `in_query`: the text begins with a parameter. `ends`: what ends a parameter beside the next.
fn without_click_ids(text: &str, in_query: bool, ends: fn(char) -> bool) -> Option<String> {
    let are_marks = |bytes: Bytes| bytes.are(b'?') | bytes.are(b'&') | bytes.are(b'#') | bytes.are(b'%');
    if !in_query && !bytes::has(text.as_bytes(), are_marks) {
        return None;
    }
    let is_cut = |piece: &Piece| match piece.mark {
        Mark::Begin => in_query && is_id(piece.text, 0),
        Mark::Parameter { depth, .. } => is_id(piece.text, depth),
        // An & that JSON wrote as an escape.
        Mark::End('\\') => piece.text.strip_prefix("u0026").is_some_and(|parameter| is_id(parameter, 0)),
        Mark::End(_) => false,
    };
    if !pieces(text, ends).any(|piece| is_cut(&piece)) {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    // What stood before the first that was cut: the next parameter takes its place.
    let mut vacant: Option<Piece> = None;
    // What is encoded within a value that was cut goes with it.
    let mut within = None;
    for piece in pieces(text, ends) {
        let depth = piece.mark.depth();
        if depth.is_some_and(|depth| within.is_some_and(|cut| depth > cut)) {
            continue;
        }
        within = None;
        if is_cut(&piece) {
            within = depth.or(Some(0));
            // What is behind the # stays there.
            if vacant.is_none_or(|vacant| vacant.mark.depth() != depth) || piece.mark.letter() == Some('#') {
                vacant = Some(piece);
            }
            continue;
        }
        match vacant.take() {
            Some(place) if piece.mark.letter() == Some('&') && place.is_place_for(depth) => {
                kept.push_str(place.before);
                kept.push_str(piece.text.trim_start_matches("amp;"));
            }
            _ => {
                kept.push_str(piece.before);
                kept.push_str(piece.text);
            }
        }
    }
    Some(kept)
}

/// What lies between the separators of an address.
#[derive(Clone, Copy)]
struct Piece<'a> {
    mark: Mark,
    /// What the mark is written like.
    before: &'a str,
    text: &'a str,
}

/// What stands before a piece.
#[derive(Clone, Copy)]
enum Mark {
    /// Nothing.
    Begin,
    /// `?`, `&` or `#`, percent-encoded so many times: an address within the value of a parameter has them so.
    Parameter { letter: char, depth: usize },
    /// What ends a parameter beside the next.
    End(char),
}

impl Mark {
    const fn letter(self) -> Option<char> {
        match self {
            Self::Parameter { letter, .. } => Some(letter),
            _ => None,
        }
    }

    const fn depth(self) -> Option<usize> {
        match self {
            Self::Parameter { depth, .. } => Some(depth),
            Self::Begin => Some(0),
            Self::End(_) => None,
        }
    }
}

impl Piece<'_> {
    /// Whether the next parameter, which is so deep, begins where this one was cut out.
    fn is_place_for(&self, depth: Option<usize>) -> bool {
        self.mark.letter() != Some('&') && self.mark.depth() == depth
    }
}

fn pieces(text: &str, ends: fn(char) -> bool) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = Some((Mark::Begin, "", text));
    std::iter::from_fn(move || {
        let (mark, before, text) = rest.take()?;
        let is_mark = |(at, letter): &(usize, char)| {
            matches!(letter, '?' | '&' | '#')
                || ends(*letter)
                || (*letter == '%' && encoded(&text[*at..]).is_some())
        };
        let Some((end, letter)) = text.char_indices().find(is_mark) else {
            return Some(Piece { mark, before, text });
        };
        let (next, bytes) = match encoded(&text[end..]) {
            Some((letter, depth)) => (Mark::Parameter { letter, depth }, 1 + 2 * depth),
            None if matches!(letter, '?' | '&' | '#') => (Mark::Parameter { letter, depth: 0 }, 1),
            None => (Mark::End(letter), letter.len_utf8()),
        };
        rest = Some((next, &text[end..end + bytes], &text[end + bytes..]));
        Some(Piece { mark, before, text: &text[..end] })
    })
}

/// The separator that a text begins with, percent-encoded once or twice, and how often: `%3F` is a `?` once, `%2526`
/// a `&` twice encoded.
fn encoded(text: &str) -> Option<(char, usize)> {
    let text = text.strip_prefix('%')?;
    let (text, depth) = text.strip_prefix("25").map_or((text, 1), |text| (text, 2));
    let letter = match text.get(..2)? {
        "3F" | "3f" => '?',
        "26" => '&',
        "23" => '#',
        _ => return None,
    };
    Some((letter, depth))
}

/// Whether a parameter, which has been percent-encoded so many times more than those of an address, is an id.
fn is_id(parameter: &str, depth: usize) -> bool {
    let equals = match depth {
        0 => "=",
        1 => "%3d",
        _ => "%253d",
    };
    let end = (0..parameter.len()).find(|&at| {
        let after = parameter.as_bytes()[at..].get(..equals.len());
        after.is_some_and(|after| after.eq_ignore_ascii_case(equals.as_bytes()))
    });
    let name = &parameter[..end.unwrap_or(parameter.len())];
    let mut name = plain_name(name.split('=').next().unwrap_or_default());
    for _ in 0..depth {
        name = Cow::Owned(plain_name(&name).into_owned());
    }
    CLICK_IDS.iter().chain(&LINK_IDS).any(|id| id.eq_ignore_ascii_case(&name))
}

/// A parameter's name, decoded, and without what is left of an `&amp;`, `&#38;` or `&#038;` that somebody copied out of a
/// page's source; of the latter two the parameters stand behind the `#`.
fn plain_name(name: &str) -> Cow<'_, str> {
    if name.len() <= ENCODED_NAME_BYTES_MAX && name.contains('%') {
        return Cow::Owned(without_amp(&form::decode(name)).to_owned());
    }
    Cow::Borrowed(without_amp(name))
}

fn without_amp(mut name: &str) -> &str {
    const AMP: [&str; 4] = ["amp;", "38;", "038;", "x26;"];
    while let Some(rest) = AMP.iter().find_map(|amp| strip_prefix_ignoring_case(name, amp)) {
        name = rest;
    }
    name
}

/// The campaign parameters behind the `#` of an address, joined like a query: some write all of theirs there. `None`
/// when there are none.
pub fn campaign_of_fragment(address: &str) -> Option<String> {
    let fragment = &address[1 + memchr(b'#', address.as_bytes())?..];
    let is_of_campaign = |parameter: &&str| {
        parameter.split_once('=').is_some_and(|(name, _)| {
            let name = plain_name(name);
            let utm = strip_prefix_ignoring_case(&name, "utm_");
            utm.is_some_and(|utm| Campaign::default().field(utm).is_some())
                || CLICK_IDS.iter().any(|id| id.eq_ignore_ascii_case(&name))
        })
    };
    let parameters = fragment.split(['?', '&', '#']).take(QUERY_PARAMETERS_MAX).filter(is_of_campaign);
    let joined = parameters.collect::<Vec<_>>().join("&");
    (!joined.is_empty()).then_some(joined)
}

/// Reads the campaign from a query, with or without the leading `?`.
///
/// Values are percent- and plus-decoded; bytes that are not UTF-8 become U+FFFD, control characters a space.
/// Of a repeated parameter the first non-empty value counts. Nothing is allocated for values without escapes.
pub fn campaign(query: &str) -> Campaign<'_> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let mut campaign = Campaign::default();
    let mut click_id_rank = CLICK_IDS.len();
    for parameter in query.split('&').take(QUERY_PARAMETERS_MAX) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        if value.is_empty() {
            continue;
        }
        let name = &*plain_name(name);
        if let Some(utm) = strip_prefix_ignoring_case(name, "utm_") {
            if let Some(field) = campaign.field(utm)
                && field.is_empty()
            {
                // Of addresses that were put together wrongly: `?utm_source=a?gclid=b`.
                *field = match address_without_click_ids(value) {
                    Some(value) => Cow::Owned(decode(&value).into_owned()),
                    None => decode(value),
                };
            }
        } else if let Some(rank) =
            CLICK_IDS[..click_id_rank].iter().position(|id| id.eq_ignore_ascii_case(name))
        {
            click_id_rank = rank;
            campaign.click_id_kind = CLICK_IDS[rank];
        }
    }
    campaign
}

impl<'a> Campaign<'a> {
    /// What this campaign names, and of `other` what it does not.
    #[must_use]
    pub fn or<'b>(self, other: &'b Campaign<'_>) -> Campaign<'b>
    where
        'a: 'b,
    {
        let either =
            |own: Cow<'a, str>, other: &'b str| if own.is_empty() { Cow::Borrowed(other) } else { own };
        Campaign {
            source: either(self.source, &other.source),
            medium: either(self.medium, &other.medium),
            campaign: either(self.campaign, &other.campaign),
            term: either(self.term, &other.term),
            content: either(self.content, &other.content),
            click_id_kind: other.click_id_kind,
        }
    }

    /// The same, borrowing nothing.
    pub fn into_owned(self) -> Campaign<'static> {
        let own = |text: Cow<'a, str>| {
            if text.is_empty() { Cow::Borrowed("") } else { Cow::Owned(text.into_owned()) }
        };
        Campaign {
            source: own(self.source),
            medium: own(self.medium),
            campaign: own(self.campaign),
            term: own(self.term),
            content: own(self.content),
            click_id_kind: self.click_id_kind,
        }
    }

    fn field(&mut self, utm: &str) -> Option<&mut Cow<'a, str>> {
        let fields = [
            ("source", &mut self.source),
            ("medium", &mut self.medium),
            ("campaign", &mut self.campaign),
            ("term", &mut self.term),
            ("content", &mut self.content),
        ];
        fields.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(utm)).map(|(_, field)| field)
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// A value that a client names beside the address: as it is, but cut and without click ids as those of an address.
pub fn value(text: &str) -> Cow<'_, str> {
    match address_without_click_ids(text) {
        Some(text) => Cow::Owned(plain(Cow::Owned(text)).into_owned()),
        None => plain(Cow::Borrowed(text)),
    }
}

/// Control characters become spaces, and the value is cut.
fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) if !text.contains(char::is_control) => {
            Cow::Borrowed(cut(text, CAMPAIGN_VALUE_BYTES_MAX).trim())
        }
        text => {
            let text = text.replace(char::is_control, " ");
            Cow::Owned(cut(&text, CAMPAIGN_VALUE_BYTES_MAX).trim().to_owned())
        }
    }
}

/// Decodes and cuts one value.
fn decode(value: &str) -> Cow<'_, str> {
    // An escape is three bytes for one, so no more input than this can reach the output.
    let value = cut(value, CAMPAIGN_VALUE_BYTES_MAX * 3);
    let is_plain = !value.bytes().any(|byte| byte == b'%' || byte == b'+' || byte.is_ascii_control());
    if is_plain {
        return Cow::Borrowed(cut(value, CAMPAIGN_VALUE_BYTES_MAX).trim());
    }
    Cow::Owned(plain(form::decode(value)).into_owned())
}

fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests;
