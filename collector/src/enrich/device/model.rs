//! What the model of an Android device tells: its maker, and whether it is a phone, a tablet, a television or a watch.
//!
//! Chrome on Android says `Mobile` on phones and leaves it out on tablets, but web views, televisions and cheap
//! tablets do not keep to it; there the model's own words decide.

use super::brands::ANDROID_BRANDS;

/// A longer text in the place of a model is not one. Bytes.
pub(in crate::enrich) const MODEL_BYTES_MAX: usize = 48;

/// Diagonals of televisions on sale, in inches, as they stand in model names.
const TV_INCHES: [&str; 22] = [
    "19", "20", "22", "24", "28", "32", "39", "40", "42", "43", "48", "49", "50", "55", "58", "60", "65",
    "70", "75", "77", "85", "98",
];

/// Words in the names of television sets and of the boxes beside them.
const TV_WORDS: [&str; 20] = [
    "smart tv", "_tv_", "uhd", "fhd", "_hd", "tvbox", "h96", "x96", "x88", "t95", "mxq", "ugoos", "mecool",
    "tanix", "zidoo", "beelink", "minix", "mediabox", "homatics", " shell ",
];

/// Beginnings of the model names of tablets whose names say nothing else.
const TABLET_STARTS: [&str; 35] = [
    "ags",
    "ags2",
    "digma plane",
    "plane ",
    "optima",
    "bah",
    "btv-",
    "sht-",
    "cpn-",
    "kob-",
    "mon-w",
    "bzk-",
    "scm-",
    "dby",
    "got-",
    "krj",
    "k00",
    "k01",
    "p00",
    "p01",
    "p02",
    "me1",
    "me3",
    "pmt",
    "tz1",
    "tz7",
    "tz8",
    "tz9",
    "gt-n51",
    "gt-n80",
    "yt-",
    "yt3-",
    "lg-v4",
    "lg-v5",
    "k8",
];

/// The name of a model and where it stands in the user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::enrich) struct Model<'a> {
    /// As the user agent spells it.
    pub(in crate::enrich) name: &'a str,
    /// Of its first byte.
    pub(in crate::enrich) start: usize,
}

/// The model in `(Linux; Android 14; SM-S911B Build/UP1A; wv)`, or nothing. Chrome says `K` for every model.
pub(in crate::enrich) fn android(user_agent: &str) -> Option<Model<'_>> {
    let parts = user_agent
        .split('(')
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap_or(rest))
        .find(|group| group.split(';').any(|part| part.trim_start().starts_with("Android")))?;
    let candidates = parts.split(';').map(str::trim).skip_while(|part| !part.starts_with("Android")).skip(1);
    let mut model = "";
    for part in candidates {
        if let Some((name, _)) = part.split_once("Build/").or_else(|| part.split_once(" Build")) {
            model = name.trim();
            break;
        }
        if model.is_empty() && !is_not_a_model(part) {
            model = part;
        }
    }
    let name = ["SAMSUNG ", "samsung "].iter().find_map(|maker| model.strip_prefix(maker)).unwrap_or(model);
    if name.len() > MODEL_BYTES_MAX || name.contains(char::is_control) || is_not_a_model(name) {
        return None;
    }
    // `name` is a part of `user_agent`.
    Some(Model { name, start: name.as_ptr() as usize - user_agent.as_ptr() as usize })
}

/// Whether this part between semicolons is a locale, a flag or a component.
fn is_not_a_model(part: &str) -> bool {
    let bytes = part.as_bytes();
    let locale = matches!(bytes, [a, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase())
        || matches!(bytes, [a, b, b'-' | b'_', ..]
            if bytes.len() <= 7 && a.is_ascii_lowercase() && b.is_ascii_lowercase());
    let component = ["rv:", "Opera ", "HMSCore", "HarmonyOS", "GMSCore", "arm", "x86", "Linux", "Android"]
        .iter()
        .any(|prefix| part.starts_with(prefix));
    locale
        || component
        || matches!(part, "" | "K" | "U" | "wv" | "Mobile" | "Tablet" | "TV" | "en" | "Unknown")
}

/// The maker of a device, by how its model begins or is built; empty when not known.
pub(in crate::enrich) fn brand(model: &str) -> &'static str {
    let listed =
        ANDROID_BRANDS.iter().find(|(prefix, _)| starts_with(model, prefix)).map(|(_, brand)| *brand);
    listed.unwrap_or_else(|| brand_by_form(model.as_bytes()))
}

/// Makers that number their models by a scheme: Huawei and Honor `LIO-AL00` and `PGT-N19`, Sony `G3121`.
fn brand_by_form(model: &[u8]) -> &'static str {
    match model {
        [a, b, c, b'-', series, number, ..] if [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) => {
            match (series, number) {
                (b'N', b'X' | b'0'..=b'9') => "Honor",
                (b'A' | b'T' | b'C' | b'U', b'L' | b'N') | (b'L' | b'W', b'X' | b'0'..=b'9') => "Huawei",
                _ => "",
            }
        }
        [b'C'..=b'I', digits @ ..] if digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) => "Sony",
        _ => "",
    }
}

/// The class of an Android device. `mobile` says that the user agent has the word `Mobile`.
pub(in crate::enrich) fn class(user_agent: &str, model: &str, mobile: bool) -> &'static str {
    let name = model.to_ascii_lowercase();
    if is_tv(user_agent, &name) {
        "tv"
    } else if build_branch(user_agent) == Some(b'W') || name.contains("watch") {
        "wearable"
    } else if is_tablet(user_agent, &name) {
        "tablet"
    } else if mobile
        || !user_agent.starts_with("Mozilla/")
        || !user_agent.contains("Safari/")
        || is_phone(&name)
    {
        "smartphone"
    } else {
        "tablet"
    }
}

/// The second letter of the build in `Build/QTM5.200929`: since Android 8 it is the branch that the build was made
/// from, `T` that of Android TV, `W` that of Wear OS (source.android.com, "Codenames, tags, and build numbers").
fn build_branch(user_agent: &str) -> Option<u8> {
    let (_, build) = user_agent.split_once("Build/")?;
    let tag =
        build.split('.').next().filter(|tag| (3..=5).contains(&tag.len()) && tag.len() < build.len())?;
    let bytes = tag.as_bytes();
    let tagged = (b'O'..=b'Z').contains(&bytes[0]) && bytes[2].is_ascii_uppercase();
    tagged.then_some(bytes[1])
}

fn is_tv(user_agent: &str, name: &str) -> bool {
    let word = |word: &str| {
        matches!(word, "tv" | "atv" | "gtv" | "stb" | "box" | "stick" | "dongle")
            || (word.len() > 3 && word.ends_with("tv") && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
            || (word.len() > 4 && word.ends_with("box") && !word.ends_with("xbox"))
    };
    user_agent.ends_with(" TV")
        || user_agent.contains(" TV Safari")
        || build_branch(user_agent) == Some(b'T')
        || TV_WORDS.iter().any(|part| name.contains(part))
        || name.split(|c: char| !c.is_ascii_alphanumeric()).any(word)
        || has_inches(name)
}

/// Whether the name is built like that of a television: the diagonal, then letters and digits, as in `43U800BR`,
/// `NVX-55U321MSY` and `TF-LED32S70T2S`.
fn has_inches(name: &str) -> bool {
    let sized = |rest: &str| {
        let Some((inches, series)) = rest.split_at_checked(2) else { return false };
        let letters = series.bytes().take_while(u8::is_ascii_lowercase).count();
        let digits = series.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
        TV_INCHES.contains(&inches) && (1..=3).contains(&letters) && digits >= 2
    };
    let led = name.split("led").skip(1).any(|rest| TV_INCHES.iter().any(|inches| rest.starts_with(inches)));
    led || sized(name) || name.split(['-', '_', ' ']).skip(1).any(sized)
}

fn is_tablet(user_agent: &str, name: &str) -> bool {
    let pad = name.split("pad").skip(1).any(|rest| !rest.starts_with("fone"));
    pad || name.contains("tab")
        || TABLET_STARTS.iter().any(|start| name.starts_with(start))
        || ["7.0", "7.85", "8.0", "9.7", "10.1"].iter().any(|inches| name.contains(inches))
        || user_agent.contains("/apad ")
}

/// Models of phones that leave out `Mobile`, as on a page asked for in its desktop form.
fn is_phone(name: &str) -> bool {
    let samsung = ["sm-a", "sm-c", "sm-e", "sm-f", "sm-g", "sm-j", "sm-m", "sm-n", "sm-s"];
    let huawei = ["-al", "-an", "-lx", "-nx", "-tl"];
    samsung.iter().any(|series| name.starts_with(series))
        || huawei.iter().any(|suffix| {
            name.split_once(suffix).is_some_and(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
}
