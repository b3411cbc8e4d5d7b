//! The campaign parameters of an address: `utm_*` and the kind of click id; and addresses without the ids of persons.

use std::borrow::Cow;

use memchr::{memchr, memchr3};

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

/// Ids of persons that say nothing of who sent the visit: of links from one of a company's sites to the next, and of
/// services that watch campaigns. They are cut out like click ids.
const LINK_IDS: [&str; 10] = [
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

/// An address without click ids in its query and its fragment; `None` when it has none.
pub fn address_without_click_ids(address: &str) -> Option<String> {
    without_click_ids(address, false, |_| false)
}

/// Text without the click ids of the addresses in it; `None` when it has none. JSON is such text.
pub fn text_without_click_ids(text: &str) -> Option<String> {
    let ends =
        |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | '(' | ')' | '\\');
    without_click_ids(text, false, ends)
}

/// `in_query`: the text begins with a parameter. `ends`: what ends a parameter beside the next.
fn without_click_ids(text: &str, in_query: bool, ends: fn(char) -> bool) -> Option<String> {
    if !in_query {
        memchr3(b'?', b'&', b'#', text.as_bytes()).or_else(|| memchr(b'%', text.as_bytes()))?;
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

/// A parameter's name, decoded, and without what is left of an `&amp;` that somebody copied out of a page's source.
fn plain_name(name: &str) -> Cow<'_, str> {
    if name.len() <= ENCODED_NAME_BYTES_MAX && name.contains('%') {
        return Cow::Owned(without_amp(&form::decode(name)).to_owned());
    }
    Cow::Borrowed(without_amp(name))
}

fn without_amp(mut name: &str) -> &str {
    while let Some(rest) = strip_prefix_ignoring_case(name, "amp;") {
        name = rest;
    }
    name
}

/// The campaign parameters behind the `#` of an address, joined like a query: some write all of theirs there. `None`
/// when there are none.
pub fn campaign_of_fragment(address: &str) -> Option<String> {
    let (_, fragment) = address.split_once('#')?;
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

/// Decodes and cuts one value.
fn decode(value: &str) -> Cow<'_, str> {
    // An escape is three bytes for one, so no more input than this can reach the output.
    let value = cut(value, CAMPAIGN_VALUE_BYTES_MAX * 3);
    let plain = !value.bytes().any(|byte| byte == b'%' || byte == b'+' || byte.is_ascii_control());
    if plain {
        return Cow::Borrowed(cut(value, CAMPAIGN_VALUE_BYTES_MAX).trim());
    }
    let decoded = form::decode(value).replace(char::is_control, " ");
    Cow::Owned(cut(&decoded, CAMPAIGN_VALUE_BYTES_MAX).trim().to_owned())
}

fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn campaign_parameters_are_found_and_decoded() {
        let table: &[(&str, [&str; 6])] = &[
            ("", ["", "", "", "", "", ""]),
            ("?", ["", "", "", "", "", ""]),
            ("utm_source=news", ["news", "", "", "", "", ""]),
            ("?utm_source=news&utm_medium=email", ["news", "email", "", "", "", ""]),
            (
                "a=1&utm_campaign=Saldi%20d%27estate&utm_term=scarpe+rosse&utm_content=b",
                ["", "", "Saldi d'estate", "scarpe rosse", "b", ""],
            ),
            ("UTM_Source=Google&Utm_Medium=CPC", ["Google", "CPC", "", "", "", ""]),
            ("utm_source=caff%C3%A8", ["caffè", "", "", "", "", ""]),
            ("utm_source=%C3", ["\u{fffd}", "", "", "", "", ""]),
            ("utm_source=100%", ["100%", "", "", "", "", ""]),
            ("utm_source=50%25&x", ["50%", "", "", "", "", ""]),
            ("utm_source=a%2", ["a%2", "", "", "", "", ""]),
            ("utm_source=a%zz", ["a%zz", "", "", "", "", ""]),
            ("utm_source=a%0Ab", ["a b", "", "", "", "", ""]),
            ("utm_source=+a+", ["a", "", "", "", "", ""]),
            ("utm_source=a=b", ["a=b", "", "", "", "", ""]),
            ("utm_source=&utm_source=b&utm_source=c", ["b", "", "", "", "", ""]),
            ("utm_source", ["", "", "", "", "", ""]),
            ("xutm_source=a&utm_sourcex=b&utm_=c", ["", "", "", "", "", ""]),
            ("gclid=abc", ["", "", "", "", "", "gclid"]),
            ("GCLID=abc", ["", "", "", "", "", "gclid"]),
            ("gclid=", ["", "", "", "", "", ""]),
            ("fbclid=1&gclid=2", ["", "", "", "", "", "gclid"]),
            ("gclid=2&fbclid=1", ["", "", "", "", "", "gclid"]),
            ("fbclid=1", ["", "", "", "", "", "fbclid"]),
            ("ScCid=1", ["", "", "", "", "", "sccid"]),
            ("utm_source=n&mc_cid=1", ["n", "", "", "", "", "mc_cid"]),
            ("ũtm=1&é=2", ["", "", "", "", "", ""]),
            (
                "utm_source=news&amp;utm_medium=email&amp;amp;utm_campaign=saldi&AMP;gclid=1",
                ["news", "email", "saldi", "", "", "gclid"],
            ),
            ("%75tm_source=n&%67clid=1", ["n", "", "", "", "", "gclid"]),
            ("utm_source=a?gclid=b&utm_campaign=why?", ["a", "", "why?", "", "", ""]),
            ("igsh=1", ["", "", "", "", "", "igsh"]),
        ];
        for (query, expected) in table {
            let found = campaign(query);
            let fields = [
                &*found.source,
                &*found.medium,
                &*found.campaign,
                &*found.term,
                &*found.content,
                found.click_id_kind,
            ];
            assert_eq!(&fields, expected, "{query}");
        }
    }

    #[test]
    fn values_without_escapes_are_borrowed() {
        assert!(matches!(campaign("utm_source=news").source, Cow::Borrowed("news")));
    }

    #[test]
    fn values_are_cut_at_a_character() {
        for value in ["a".repeat(10_000), "è".repeat(10_000), "%C3%A8".repeat(10_000)] {
            let query = format!("utm_source={value}");
            let source = campaign(&query).source.into_owned();
            assert!(source.len() <= CAMPAIGN_VALUE_BYTES_MAX && source.len() >= CAMPAIGN_VALUE_BYTES_MAX - 3);
        }
    }

    #[test]
    fn click_ids_leave_a_query_and_nothing_else_does() {
        for (query, kept) in [
            ("a=1&gclid=xyz&b=2", Some("a=1&b=2")),
            ("FBCLID=x", Some("")),
            ("a=gclid&fbclid", Some("a=gclid")),
            ("utm_source=news", None),
            ("gclid=x&amp;b=2", Some("b=2")),
            ("a=1&amp;gclid=x&amp;b=2", Some("a=1&amp;b=2")),
            ("a=1&%67clid=x", Some("a=1")),
            ("%67%63%6C%69%64=x&a=%67clid", Some("a=%67clid")),
            ("utm_source=n?gclid=x", Some("utm_source=n")),
            ("a=1&gclid=x#b", Some("a=1#b")),
            ("xgclid=1&gclidx=2&amp=3", None),
        ] {
            assert_eq!(query_without_click_ids(query).as_deref(), kept, "{query}");
        }
        let named = "igsh srsltid _gl mkt_tok _hsenc _hsmi vero_id wickedid yclid msclkid";
        for name in named.split(' ').chain(CLICK_IDS).chain(LINK_IDS) {
            for query in [format!("a=1&{name}=x"), format!("{}=x&a=1", name.to_uppercase())] {
                assert_eq!(query_without_click_ids(&query).as_deref(), Some("a=1"), "{query}");
            }
        }
    }

    #[test]
    fn click_ids_leave_addresses() {
        for (address, kept) in [
            ("https://b.example/?gclid=S&x=1", Some("https://b.example/?x=1")),
            ("https://b.example/?gclid=S", Some("https://b.example/")),
            ("https://b.example/?x=1&gclid=S#top", Some("https://b.example/?x=1#top")),
            ("/a?gclid=S#fbclid=T&y=2", Some("/a#y=2")),
            ("/#/route?x=1&_gl=S", Some("/#/route?x=1")),
            ("/?gclid=a\"b c&x=1", Some("/?x=1")),
            ("https://b.example/gclid=S", None),
            ("gclid=S", None),
            ("", None),
        ] {
            assert_eq!(address_without_click_ids(address).as_deref(), kept, "{address}");
        }
    }

    #[test]
    fn click_ids_leave_the_addresses_in_a_text() {
        for (text, kept) in [
            ("Pagina https://b.example/?gclid=S&x=1 aperta", Some("Pagina https://b.example/?x=1 aperta")),
            (
                r#"{"url":"https://b.example/?gclid=S","a":"b"}"#,
                Some(r#"{"url":"https://b.example/","a":"b"}"#),
            ),
            (r#"{"url":"/?a=1\u0026gclid=S\u0026b=2"}"#, Some(r#"{"url":"/?a=1\u0026b=2"}"#)),
            ("Cos'è un gclid? Domande & risposte", None),
            ("gclid=1", None),
        ] {
            assert_eq!(text_without_click_ids(text).as_deref(), kept, "{text}");
        }
    }

    #[test]
    fn click_ids_leave_the_addresses_within_parameters() {
        for (address, kept) in [
            ("/a?next=%2Fx%3Fgclid%3DSECRET", Some("/a?next=%2Fx")),
            ("/a?next=%2fx%3fgclid%3dSECRET&b=2", Some("/a?next=%2fx&b=2")),
            ("/a?next=%2Fx%3Fgclid%3DSECRET%26c%3D3&b=2", Some("/a?next=%2Fx%3Fc%3D3&b=2")),
            ("/a?next=%2Fx%3Fc%3D3%26GCLID%3DSECRET%23top&b=2", Some("/a?next=%2Fx%3Fc%3D3%23top&b=2")),
            ("/a?next=%2Fx%3Fc%3D3%23fbclid%3DSECRET", Some("/a?next=%2Fx%3Fc%3D3")),
            ("/a?next=%252Fx%253Fgclid%253DSECRET%2526c%253D3", Some("/a?next=%252Fx%253Fc%253D3")),
            (
                "/a?next=https%3A%2F%2Fb.example%2F%3Fu%3D%252Fx%253Fgclid%253DSECRET%26c%3D3",
                Some("/a?next=https%3A%2F%2Fb.example%2F%3Fu%3D%252Fx%26c%3D3"),
            ),
            // A value that holds such marks goes as a whole.
            ("/a?gclid=SECRET%26x%3DSECRET&b=2", Some("/a?b=2")),
            ("/a?gclid=S&next=%2Fx%3Fgclid%3DS%26gclid%3DS&gclid=S&b=2", Some("/a?next=%2Fx&b=2")),
            ("/a?next=%2Fx%3F%67clid%3DSECRET", Some("/a?next=%2Fx")),
            ("/a?next=%252Fx%253F%2567clid%253DSECRET", Some("/a?next=%252Fx")),
            ("/go/https%3A%2F%2Fb.example%2F%3Fgclid%3DSECRET/a", Some("/go/https%3A%2F%2Fb.example%2F")),
            ("/a?next=%2Fx%3Fa%3Dgclid", None),
            ("/a?b=100%&c=%3F&d=%25", None),
            ("/a?b=%26mp;caffè%3Fè", None),
        ] {
            assert_eq!(address_without_click_ids(address).as_deref(), kept, "{address}");
            let (path, query) = address.split_once('?').unwrap_or(("", address));
            if !path.is_empty() {
                let kept = kept.map(|kept| kept.split_once('?').map_or("", |(_, query)| query));
                assert_eq!(query_without_click_ids(query).as_deref(), kept, "{query}");
            }
            let kept = kept.map(|kept| format!("{{\"url\":\"{kept}\"}}"));
            let json = format!("{{\"url\":\"{address}\"}}");
            assert_eq!(text_without_click_ids(&json), kept, "{json}");
        }
    }

    #[test]
    fn the_fragment_may_hold_a_campaign() {
        for (address, campaign) in [
            ("/a?x=1#utm_source=news&y=2&utm_medium=email", Some("utm_source=news&utm_medium=email")),
            ("/#/route?gclid=S&token=T", Some("gclid=S")),
            ("/a?utm_source=news#top", None),
            ("/a#utm_id=1&gclid", None),
            ("/a", None),
        ] {
            assert_eq!(campaign_of_fragment(address).as_deref(), campaign, "{address}");
        }
    }

    #[test]
    fn parameters_beyond_the_limit_are_not_looked_at() {
        let mut query = "x=1&".repeat(QUERY_PARAMETERS_MAX - 1);
        query.push_str("utm_source=in&utm_medium=out");
        let found = campaign(&query);
        assert_eq!((&*found.source, &*found.medium), ("in", ""));
    }
}
