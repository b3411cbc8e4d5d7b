//! Where people live: countries with their share, languages and address ranges.

use crate::random::Random;

/// A country that visitors come from.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// IANA zone of its people.
    pub timezone: &'static str,
    /// Languages of its browsers, BCP 47, with their weight.
    pub languages: &'static [(&'static str, f64)],
    /// Ranges of its access providers, as first address and length of the prefix.
    pub networks: &'static [([u8; 4], u32)],
    /// First names.
    pub first_names: &'static [&'static str],
    /// Family names.
    pub family_names: &'static [&'static str],
}

const ITALIAN_FIRST: &[&str] = &[
    "Giulia",
    "Marco",
    "Francesca",
    "Luca",
    "Chiara",
    "Alessandro",
    "Sara",
    "Matteo",
    "Martina",
    "Davide",
    "Elena",
    "Andrea",
    "Valentina",
    "Simone",
    "Federica",
    "Lorenzo",
    "Anna",
    "Paolo",
    "Silvia",
    "Stefano",
    "Elisa",
    "Roberto",
    "Laura",
    "Giovanni",
    "Ilaria",
    "Antonio",
    "Beatrice",
    "Riccardo",
    "Camilla",
    "Tommaso",
];
const ITALIAN_FAMILY: &[&str] = &[
    "Rossi", "Russo", "Ferrari", "Esposito", "Bianchi", "Romano", "Colombo", "Ricci", "Marino", "Greco",
    "Bruno", "Gallo", "Conti", "De Luca", "Costa", "Giordano", "Mancini", "Rizzo", "Lombardi", "Moretti",
    "Barbieri", "Fontana", "Santoro", "Mariani", "Rinaldi", "Caruso", "Ferrara", "Galli", "Martini", "Leone",
];
const GERMAN_FIRST: &[&str] =
    &["Anna", "Lukas", "Katharina", "Jonas", "Lena", "Felix", "Sabine", "Thomas", "Julia", "Paul"];
const GERMAN_FAMILY: &[&str] =
    &["Weber", "Schneider", "Fischer", "Wagner", "Becker", "Hoffmann", "Koch", "Richter", "Wolf", "Braun"];

/// All countries with their share of the people.
pub static COUNTRIES: &[(Country, f64)] = &[
    (
        Country {
            code: "IT",
            timezone: "Europe/Rome",
            languages: &[("it-IT", 93.0), ("it", 4.0), ("en-US", 3.0)],
            networks: &[
                ([79, 0, 0, 0], 12),
                ([151, 16, 0, 0], 12),
                ([151, 32, 0, 0], 11),
                ([95, 224, 0, 0], 11),
            ],
            first_names: ITALIAN_FIRST,
            family_names: ITALIAN_FAMILY,
        },
        60.0,
    ),
    (
        Country {
            code: "DE",
            timezone: "Europe/Berlin",
            languages: &[("de-DE", 92.0), ("en-GB", 8.0)],
            networks: &[([87, 128, 0, 0], 10), ([93, 192, 0, 0], 10), ([79, 192, 0, 0], 10)],
            first_names: GERMAN_FIRST,
            family_names: GERMAN_FAMILY,
        },
        10.0,
    ),
    (
        Country {
            code: "FR",
            timezone: "Europe/Paris",
            languages: &[("fr-FR", 95.0), ("en-US", 5.0)],
            networks: &[([90, 0, 0, 0], 10), ([82, 64, 0, 0], 14), ([86, 192, 0, 0], 11)],
            first_names: &[
                "Camille", "Léa", "Hugo", "Manon", "Louis", "Chloé", "Nicolas", "Sophie", "Julien", "Claire",
            ],
            family_names: &[
                "Martin", "Bernard", "Dubois", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent",
                "Garnier",
            ],
        },
        8.0,
    ),
    (
        Country {
            code: "ES",
            timezone: "Europe/Madrid",
            languages: &[("es-ES", 90.0), ("ca-ES", 6.0), ("en-GB", 4.0)],
            networks: &[([83, 32, 0, 0], 11), ([88, 0, 0, 0], 11), ([80, 32, 0, 0], 13)],
            first_names: &[
                "Lucía", "Javier", "Carmen", "Pablo", "Marta", "Diego", "Laura", "Álvaro", "Elena", "Sergio",
            ],
            family_names: &[
                "García", "López", "Sánchez", "Pérez", "Gómez", "Ruiz", "Navarro", "Torres", "Molina",
                "Ortega",
            ],
        },
        7.0,
    ),
    (
        Country {
            code: "GB",
            timezone: "Europe/London",
            languages: &[("en-GB", 97.0), ("en-US", 3.0)],
            networks: &[([86, 128, 0, 0], 10), ([81, 128, 0, 0], 11), ([90, 192, 0, 0], 11)],
            first_names: &[
                "Emily",
                "Oliver",
                "Charlotte",
                "Harry",
                "Sophie",
                "James",
                "Hannah",
                "George",
                "Lucy",
                "Daniel",
            ],
            family_names: &[
                "Smith", "Taylor", "Brown", "Evans", "Walker", "Wright", "Hughes", "Green", "Clarke",
                "Turner",
            ],
        },
        6.0,
    ),
    (
        Country {
            code: "US",
            timezone: "America/New_York",
            languages: &[("en-US", 96.0), ("es-US", 4.0)],
            networks: &[([73, 0, 0, 0], 8), ([98, 192, 0, 0], 10), ([71, 192, 0, 0], 12)],
            first_names: &[
                "Olivia", "Noah", "Emma", "Ethan", "Ava", "Mason", "Grace", "Logan", "Megan", "Ryan",
            ],
            family_names: &[
                "Johnson", "Williams", "Miller", "Davis", "Wilson", "Anderson", "Thompson", "Moore", "Clark",
                "Lewis",
            ],
        },
        5.0,
    ),
    (
        Country {
            code: "CH",
            timezone: "Europe/Zurich",
            languages: &[("de-CH", 58.0), ("fr-CH", 22.0), ("it-CH", 20.0)],
            networks: &[([85, 0, 0, 0], 13), ([178, 192, 0, 0], 13)],
            first_names: GERMAN_FIRST,
            family_names: GERMAN_FAMILY,
        },
        4.0,
    ),
];

impl Country {
    /// A country, as often as its share says.
    pub fn any(random: &mut Random) -> &'static Self {
        let total: f64 = COUNTRIES.iter().map(|(_, share)| share).sum();
        let mut left = random.unit() * total;
        let found = COUNTRIES.iter().find(|(_, share)| {
            left -= share;
            left < 0.0
        });
        &found.unwrap_or(&COUNTRIES[0]).0
    }

    /// An address of one of its providers, as text.
    pub fn address(&self, random: &mut Random) -> String {
        let (first, prefix) = *random.pick(self.networks);
        address_in(first, prefix, random)
    }
}

/// An address of a range that may belong to one machine, as text.
pub fn address_in(first: [u8; 4], prefix: u32, random: &mut Random) -> String {
    let size = 1i64 << (32 - prefix);
    let address = u32::from_be_bytes(first) + random.between(0, size - 1) as u32;
    // Networks and broadcasts end in 0 and 255.
    let last = (address & 0xff).clamp(1, 254);
    std::net::Ipv4Addr::from(address & !0xff | last).to_string()
}
