//! Compiles the bare Csound of the benchmark.

fn main() {
    println!("cargo::rerun-if-changed=src/bench/bare.c");
    cc::Build::new().file("src/bench/bare.c").compile("ksmps_bare");
}
