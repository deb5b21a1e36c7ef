//! Builds the C frame that guards calls into Csound which may leave by `longjmp`.

fn main() {
    println!("cargo:rerun-if-changed=src/instance/guard.c");
    cc::Build::new().file("src/instance/guard.c").warnings(true).compile("ksmps_guard");
}
