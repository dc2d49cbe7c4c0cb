//! What `cargo test` reports for a small package whose tests need data: absent, present, and absent again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TESTS: &str = r#"
/// Doc comments and other attributes may stand on both sides.
#[should_panic(expected = "seven")]
#[test_data::test("golden/a.json", "golden/b.json")]
#[cfg(not(any()))]
fn two_files() {
    let name = "b.json";
    panic!("{}", std::fs::read_to_string(test_data::path!("golden").join(name)).unwrap());
}

#[test_data::test("golden/a.json")]
#[ignore = "takes an hour"]
fn slow() {
    assert!(test_data::path!().is_dir());
}

#[test]
fn plain() {
    assert!(test_data::path!("golden").is_absolute());
}
"#;

fn package(name: &str, tests: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(folder.join("data"));
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::create_dir_all(folder.join("data")).unwrap();
    let manifest = format!(
        "[package]\nname = \"consumer\"\nedition = \"2024\"\n[workspace]\n\
         [dev-dependencies]\npenumbra-test-data = {{ path = {:?} }}\n",
        env!("CARGO_MANIFEST_DIR")
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), tests).unwrap();
    folder
}

/// What `cargo test` prints, both streams.
fn cargo_test(package: &Path, data: &Path) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--lib"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .env("PENUMBRA_SHARED", data)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_test_without_its_data_is_reported_as_ignored() {
    let package = package("ignored", TESTS);
    let absent = package.join("data/none");
    let present = package.join("data/some");
    fs::create_dir_all(present.join("golden")).unwrap();
    fs::write(present.join("golden/a.json"), "").unwrap();
    fs::write(present.join("golden/b.json"), "seven").unwrap();

    // The order matters: the second and third run must notice that the variable has changed.
    for (data, line) in [
        (&absent, "two_files ... ignored, needs "),
        (&present, "two_files - should panic ... ok"),
        (&absent, "two_files ... ignored, needs "),
    ] {
        let text = cargo_test(&package, data);
        assert!(text.contains(&format!("test {line}")), "{text}");
        assert!(
            text.contains("test slow ... ignored, takes an hour"),
            "{text}"
        );
        assert!(text.contains("test plain ... ok"), "{text}");
        assert!(!text.contains("warning: unused"), "{text}");
    }
    let text = cargo_test(&package, &absent);
    let reason = format!(
        "needs {0}/golden/a.json, {0}/golden/b.json; set PENUMBRA_SHARED",
        absent.display()
    );
    assert!(text.contains(&reason), "{text}");
}

#[test]
fn wrong_arguments_do_not_compile() {
    for (attribute, message) in [
        ("test_data::test", "name the data that the test needs"),
        ("test_data::test(7)", "expected paths as string literals"),
        (
            "test_data::test(\"a\" \"b\")",
            "expected paths as string literals",
        ),
        ("test_data::test(\"../a\")", "stay inside it"),
    ] {
        let package = package("refused", &format!("#[{attribute}]\nfn test() {{}}\n"));
        let text = cargo_test(&package, &package);
        assert!(text.contains(message), "{attribute}: {text}");
        assert!(text.contains("src/lib.rs:1:"), "{attribute}: {text}");
    }
}
