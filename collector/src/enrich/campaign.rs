//! The campaign parameters of an address: `utm_*` and the kind of click id.

use std::borrow::Cow;

/// A campaign value is cut to this many bytes, at the boundary of a character.
pub const CAMPAIGN_VALUE_BYTES_MAX: usize = 200;

/// Parameters of a query after this many are not looked at.
pub const QUERY_PARAMETERS_MAX: usize = 256;

/// The click ids that advertising and mail systems append to an address, by parameter name in lower case.
/// When an address carries several, the first of this list says more: the ids that only paid clicks carry
/// stand before those that are on every link.
pub const CLICK_IDS: [&str; 20] = [
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
    "epik",
    "mc_cid",
    "mc_eid",
    "fbclid",
    "igshid",
];

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

/// The query without click ids: each names one person's click.
pub fn without_click_ids(query: &str) -> String {
    let keeps = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default();
        !CLICK_IDS.iter().any(|id| id.eq_ignore_ascii_case(name))
    };
    query.split('&').filter(keeps).collect::<Vec<_>>().join("&")
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
        if let Some(utm) = strip_prefix_ignoring_case(name, "utm_") {
            if let Some(field) = campaign.field(utm)
                && field.is_empty()
            {
                *field = decode(value);
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
    let bytes = percent_decode(value.as_bytes());
    let decoded = String::from_utf8_lossy(&bytes).replace(char::is_control, " ");
    Cow::Owned(cut(&decoded, CAMPAIGN_VALUE_BYTES_MAX).trim().to_owned())
}

fn percent_decode(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match tail {
                [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    rest = after;
                    hex_digit(*high) << 4 | hex_digit(*low)
                }
                _ => b'%',
            },
            _ => byte,
        });
    }
    decoded
}

fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
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
    fn click_ids_leave_the_query_and_nothing_else_does() {
        for (query, kept) in [
            ("a=1&gclid=xyz&b=2", "a=1&b=2"),
            ("FBCLID=x", ""),
            ("a=gclid&fbclid", "a=gclid"),
            ("utm_source=news", "utm_source=news"),
        ] {
            assert_eq!(without_click_ids(query), kept, "{query}");
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
