//! Makes the folder of the browser SDK, so that the program can be checked before the SDK is built; without it the
//! program says at the start what is missing.

fn main() {
    println!("cargo::rerun-if-changed=sdk-js/dist");
    println!("cargo::rerun-if-changed=demo-shop");
    if let Err(error) = std::fs::create_dir_all("sdk-js/dist") {
        println!("cargo::error=sdk-js/dist cannot be made: {error}");
    }
}
