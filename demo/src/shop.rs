//! The shop as its pages have it: products, addresses, titles and words that people search for.

use serde_json::{Value, json};

use crate::random::Random;

/// Where the shop lives. Its pages have the paths of the demonstration shop.
pub const ORIGIN: &str = "https://bottega.example";
pub const CURRENCY: &str = "EUR";

#[derive(Debug)]
pub struct Product {
    /// Its id in addresses.
    pub id: &'static str,
    pub name: &'static str,
    /// Its category in addresses.
    pub category: &'static str,
    /// Its price in cents.
    pub cents: i64,
    italian: &'static str,
    english: &'static str,
}

const fn product(
    id: &'static str,
    name: &'static str,
    category: &'static str,
    cents: i64,
    italian: &'static str,
    english: &'static str,
) -> Product {
    Product { id, name, category, cents, italian, english }
}

pub static PRODUCTS: [Product; 12] = [
    product("stivale-siena", "Siena", "stivali", 21_900, "stivale alto cuoio", "tall tan boot"),
    product("chelsea-torino", "Torino", "stivali", 17_900, "stivaletto chelsea nero", "black chelsea boot"),
    product(
        "sneaker-milano",
        "Milano",
        "sneaker",
        11_900,
        "sneaker bianca e verde",
        "white and green sneaker",
    ),
    product("sneaker-rimini", "Rimini", "sneaker", 10_900, "sneaker corallo e blu", "coral and navy sneaker"),
    product(
        "mocassino-firenze",
        "Firenze",
        "classiche",
        14_900,
        "mocassino bordeaux con morsetto",
        "burgundy bit loafer",
    ),
    product(
        "derby-bologna",
        "Bologna",
        "classiche",
        18_900,
        "derby stringata marrone",
        "brown lace-up derby",
    ),
    product("decollete-roma", "Roma", "tacchi", 15_900, "décolleté rossa", "red pump"),
    product("decollete-venezia", "Venezia", "tacchi", 16_500, "décolleté verde laguna", "lagoon-green pump"),
    product(
        "ballerina-capri",
        "Capri",
        "ballerine",
        8_900,
        "ballerina rosa con fiocco",
        "pink ballet flat with bow",
    ),
    product(
        "ballerina-lucca",
        "Lucca",
        "ballerine",
        9_500,
        "ballerina blu e oro",
        "blue and gold ballet flat",
    ),
    product("sandalo-positano", "Positano", "sandali", 8_900, "sandalo giallo limone", "lemon-yellow sandal"),
    product("sandalo-taormina", "Taormina", "sandali", 9_900, "sandalo azzurro mare", "sea-blue sandal"),
];

/// How often each category is wanted in autumn: in addresses, in Italian, in English.
pub const CATEGORIES: [((&str, &str, &str), f64); 6] = [
    (("stivali", "Stivali", "Boots"), 30.0),
    (("sneaker", "Sneaker", "Sneakers"), 26.0),
    (("classiche", "Classiche", "Classics"), 18.0),
    (("tacchi", "Tacchi", "Heels"), 13.0),
    (("ballerine", "Ballerine", "Ballet flats"), 8.0),
    (("sandali", "Sandali", "Sandals"), 5.0),
];

/// What is searched for, in Italian and in English, with how many shoes are found.
pub const SEARCHES: [(&str, &str, u32); 9] = [
    ("stivale", "boot", 2),
    ("rosso", "red", 1),
    ("sneaker", "sneaker", 2),
    ("tacco", "heel", 3),
    ("pelle", "leather", 3),
    ("Capri", "Capri", 1),
    ("mocassino", "loafer", 1),
    ("infradito", "flip-flops", 0),
    ("zeppe nere", "black wedges", 0),
];

/// A pair of a category, or any pair now and then.
pub fn any_product(category: &str, random: &mut Random) -> &'static Product {
    let other = random.chance(0.25);
    let fitting: Vec<_> = PRODUCTS.iter().filter(|product| other || product.category == category).collect();
    fitting[random.place(fitting.len())]
}

/// A pair by its id; the first of the catalogue when there is none.
pub fn find(id: &str) -> &'static Product {
    PRODUCTS.iter().find(|product| product.id == id).unwrap_or(&PRODUCTS[0])
}

/// A category, as often as it is wanted.
pub fn any_category(random: &mut Random) -> &'static str {
    random.weighted(&CATEGORIES).0
}

pub fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Cents as the money of an event.
pub fn money(cents: i64) -> Value {
    json!({"amount": decimal(cents), "currency": CURRENCY})
}

impl Product {
    pub fn item(&self, quantity: u32) -> Value {
        json!({"id": self.id, "name": self.name, "price": decimal(self.cents), "quantity": quantity})
    }

    /// A size in which it is made.
    pub fn size(&self, random: &mut Random) -> i64 {
        if self.category == "classiche" { random.between(40, 44) } else { random.between(36, 40) }
    }

    pub fn path(&self) -> String {
        format!("/demo/prodotto.html?id={}", self.id)
    }
}

/// The title of a page, as the shop sets it in one of its two languages.
pub fn title(path: &str, italian: bool) -> String {
    let (page, query) = path.split_once('?').unwrap_or((path, ""));
    let either = |it: &str, en: &str| if italian { it.to_owned() } else { en.to_owned() };
    let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    match page.trim_start_matches("/demo/") {
        "" => either("Bottega, scarpe italiane", "Bottega, Italian shoes"),
        "scarpe.html" => {
            let category =
                parameter("tipo").and_then(|asked| CATEGORIES.iter().find(|(names, _)| names.0 == asked));
            let (_, it, en) = category.map_or(("", "Tutte le scarpe", "All shoes"), |(names, _)| *names);
            format!("{} · Bottega", either(it, en))
        }
        "prodotto.html" => {
            let product = find(parameter("id").unwrap_or_default());
            format!("{}, {} · Bottega", product.name, either(product.italian, product.english))
        }
        "cerca.html" => match parameter("q") {
            Some(asked) => format!(
                "{} «{}» · Bottega",
                either("Risultati per", "Results for"),
                asked.replace("%20", " ")
            ),
            None => either("Cerca", "Search"),
        },
        "carrello.html" => either("Il tuo carrello", "Your basket"),
        "cassa.html" => either("Cassa", "Checkout"),
        "grazie.html" => either("Grazie", "Thank you"),
        "account.html" => "Account".to_owned(),
        "newsletter.html" => either("La lettera di Bottega", "The Bottega newsletter"),
        "lenta.html" => either("La pagina lenta", "The slow page"),
        "errore.html" => either("La pagina che sbaglia", "The page that fails"),
        _ => either("Pagina non trovata", "Page not found"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_prices_are_those_of_the_shop() {
        let catalogue = include_str!("../../demo-shop/shoes.js");
        assert_eq!(catalogue.matches("{ id: \"").count(), PRODUCTS.len());
        for product in &PRODUCTS {
            let line = format!(
                "id: \"{}\", name: \"{}\", category: \"{}\"",
                product.id, product.name, product.category
            );
            let (_, rest) = catalogue.split_once(&line).unwrap_or_else(|| panic!("{line}"));
            let head: String = rest.lines().take(3).collect();
            assert!(head.contains(&format!("cents: {},", product.cents)), "{line}");
            for kind in [product.italian, product.english] {
                assert!(head.to_lowercase().contains(&kind.to_lowercase()), "{kind}");
            }
        }
    }

    #[test]
    fn titles_are_those_of_the_pages() {
        for (path, italian, expected) in [
            ("/demo/", true, "Bottega, scarpe italiane"),
            ("/demo/?utm_source=newsletter", false, "Bottega, Italian shoes"),
            ("/demo/scarpe.html", true, "Tutte le scarpe · Bottega"),
            ("/demo/scarpe.html?tipo=tacchi&gclid=x", false, "Heels · Bottega"),
            ("/demo/prodotto.html?id=decollete-roma", true, "Roma, décolleté rossa · Bottega"),
            ("/demo/cerca.html?q=zeppe%20nere", true, "Risultati per «zeppe nere» · Bottega"),
            ("/demo/saldi-2019.html", true, "Pagina non trovata"),
        ] {
            assert_eq!(title(path, italian), expected);
        }
    }

    #[test]
    fn money_is_exact() {
        for (cents, expected) in
            [(21_900, "219.00"), (8_905, "89.05"), (0, "0.00"), (-1_990, "-19.90"), (-5, "-0.05")]
        {
            assert_eq!(decimal(cents), expected);
        }
    }
}
