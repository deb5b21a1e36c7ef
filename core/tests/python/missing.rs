//! A machine without Python, as the search sees one. In processes of their own: a process looks once.

use std::process::Command;

use ksmps_core::csound::Python;
use ksmps_core::python::PythonSearch;

/// Runs the test below alone, with this choice.
fn said_with(choice: &std::path::Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "missing::child", "--nocapture", "--include-ignored"])
        .env("KSMPS_PYTHON", choice)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
#[ignore = "what the others here run in a process of its own"]
fn child() {
    match Python::open(&PythonSearch::of_environment()) {
        Ok(python) => println!("opened {}", python.file().display()),
        Err(error) => println!("failed: {error}: {}", error.remedy()),
    }
}

#[test]
fn without_python_it_is_said_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let said = said_with(folder.path());
    assert!(said.contains(&format!("the user's choice of Python is {}", folder.path().display())), "{said}");
    assert!(said.contains("apt-get install libpython3-dev"), "{said}");
}

#[test]
fn a_library_that_is_none_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("lib/python3.12")).unwrap();
    std::fs::write(folder.path().join("lib/python3.12/os.py"), "").unwrap();
    std::fs::write(folder.path().join("lib/libpython3.12.so.1.0"), "no library").unwrap();
    let said = said_with(folder.path());
    assert!(said.contains("libpython3.12.so.1.0 cannot be opened"), "{said}");
}
