//! Within a crate imports go one way: no circle of files other than a module and its own submodules.

mod circles;
mod imports;

use std::collections::BTreeMap;
use std::path::Path;

use imports::Imports;

/// Those that the workspace may have; each with the file that it begins with.
const CRATES: [&str; 8] = [
    "model/src/lib.rs",
    "store/src/lib.rs",
    "collector/src/lib.rs",
    "query/src/lib.rs",
    "jobs/src/lib.rs",
    "demo/src/lib.rs",
    "benches/src/lib.rs",
    "src/main.rs",
];

#[test]
fn imports_within_a_crate_go_one_way() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut read, mut told) = (0, Vec::new());
    for root in CRATES.into_iter().filter(|root| house.join(root).exists()) {
        let imports = Imports::read(root, &|file| std::fs::read_to_string(house.join(file)).ok());
        read += imports.files();
        told.extend(circles::find(&imports.edges()).iter().map(|circle| imports.describe(circle)));
    }
    assert!(read > 150, "only {read} files were read");
    assert!(told.is_empty(), "files that import each other in a circle:\n{}", told.join("\n"));
}

/// The circles of a crate whose files are these.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    let imports = Imports::read("src/lib.rs", &|file| files.get(file).map(|text| (*text).to_owned()));
    circles::find(&imports.edges()).iter().map(|circle| imports.describe(circle)).collect()
}

#[test]
fn a_circle_of_files_is_found_however_they_name_each_other() {
    let root = ("src/lib.rs", "mod oven; mod shop;");
    let shop = ("src/shop/mod.rs", "mod bread; mod till; pub use till::Till as Desk;");
    let bread = ("src/shop/bread.rs", "use crate::oven::{self, heat::Heat};");
    let oven = ("src/oven.rs", "pub mod heat;");
    for taken in [
        "use crate::shop::bread::Loaf;",
        "use super::super::shop::{bread::{Crumb, Loaf as Bread}};",
        "fn bake() { crate::shop::bread::loaf() }",
        "fn bake() { println!(\"{}\", super::super::shop::bread::LOAVES) }",
        "use crate::shop; fn bake() { shop::bread::loaf() }",
    ] {
        let found = told(&[root, shop, bread, oven, ("src/oven/heat.rs", taken), ("src/shop/till.rs", "")]);
        assert_eq!(found.len(), 1, "{taken}: {found:?}");
        assert!(found[0].starts_with("src/oven/heat.rs → src/shop/bread.rs"), "{found:?}");
        assert!(found[0].ends_with("→ src/oven/heat.rs (Heat)"), "{found:?}");
    }
    // What a module only passes on is where it was written.
    let heat = ("src/oven/heat.rs", "use crate::shop::Desk;");
    let till = |text| told(&[root, shop, bread, oven, heat, ("src/shop/till.rs", text)]);
    assert_eq!(till(""), [""; 0]);
    assert_eq!(
        till("use super::bread::Loaf;"),
        ["src/oven/heat.rs → src/shop/till.rs (Desk) → src/shop/bread.rs (Loaf) → src/oven/heat.rs (Heat)"]
    );
}

#[test]
fn a_module_and_its_own_submodules_may_know_each_other() {
    let root = ("src/lib.rs", "mod shop; pub struct Town; fn open() { shop::open() }");
    let shop = ("src/shop/mod.rs", "mod bread; mod till; use bread::Loaf; use till::Till; pub fn open() {}");
    let bread = ("src/shop/bread.rs", "use super::open; use crate::Town;");
    let till = ("src/shop/till.rs", "use super::bread::Loaf; use crate::shop::open;");
    assert_eq!(told(&[root, shop, bread, till]), [""; 0]);
    // Two of its submodules may not, and neither may others by way of it.
    let back = ("src/shop/bread.rs", "use super::{open, till::Till};");
    assert_eq!(
        told(&[root, shop, back, till]),
        ["src/shop/bread.rs → src/shop/till.rs (Till) → src/shop/bread.rs (Loaf)"]
    );
    let root = ("src/lib.rs", "mod oven; mod shop;");
    let oven = ("src/oven.rs", "use crate::shop::open;");
    let hot = ("src/shop/bread.rs", "use crate::oven::Heat;");
    assert_eq!(
        told(&[root, oven, shop, hot, ("src/shop/till.rs", "")]),
        ["src/oven.rs → src/shop/mod.rs (open) → src/shop/bread.rs (Loaf) → src/oven.rs (Heat)"]
    );
}

#[test]
fn tests_and_comments_may_name_anything() {
    let root = ("src/lib.rs", "mod oven; mod shop;");
    let oven = ("src/oven.rs", "//! [`crate::shop::Loaf`]\n// use crate::shop::Loaf;\npub struct Heat;");
    let tests = "#[cfg(test)]\nmod tests { use crate::shop::Loaf; }\n#[cfg(test)] use crate::shop::Loaf;";
    let shop = ("src/shop.rs", "use crate::oven::Heat; const NAME: &str = \"crate::oven::Heat\";");
    let with_tests = format!("{}\n{tests}", oven.1);
    assert_eq!(told(&[root, ("src/oven.rs", &with_tests), shop]), [""; 0]);
}
