//! Compiles the allocation and lock counters of `src/count`, which only glibc's systems have.

fn main() {
    println!("cargo::rerun-if-changed=src/count/count.c");
    let is = |key, value| std::env::var(key).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        cc::Build::new().file("src/count/count.c").compile("ksmps_count");
    }
}
