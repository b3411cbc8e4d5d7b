//! The dashboard is built by npm, and the crate must compile before it has been: an empty directory stands in.
fn main() {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboard/dist");
    std::fs::create_dir_all(&dist).expect("query/dashboard/dist can be created");
    println!("cargo::rerun-if-changed=dashboard/dist");
}
