//! A package's name and what it depends on, from its Cargo.toml. Only the forms that this workspace writes: a line for
//! each dependency, or a section of its own.

/// What a manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name; empty for a workspace without a package.
    pub name: String,
    /// Each dependency with its line, counted from 1; those of tests and build scripts are left out.
    pub dependencies: Vec<(String, usize)>,
}

impl Manifest {
    /// Reads a Cargo.toml.
    pub fn parse(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut section = "";
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.split('#').next().unwrap_or_default().trim();
            if let Some(header) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = header;
                if let Some(name) = dependency_section(header) {
                    manifest.dependencies.push((name.to_owned(), line));
                }
                continue;
            }
            let Some((key, value)) = text.split_once('=') else { continue };
            let key = key.trim();
            if section == "package" && key == "name" {
                manifest.name = value.trim().trim_matches('"').to_owned();
            } else if section == "dependencies" || section.ends_with(".dependencies") {
                let name = key.split('.').next().unwrap_or(key).trim_matches('"');
                manifest.dependencies.push((name.to_owned(), line));
            }
        }
        manifest
    }
}

/// The dependency that has a section of its own: `dependencies.NAME`, `target.….dependencies.NAME`.
fn dependency_section(header: &str) -> Option<&str> {
    let (before, name) = header.rsplit_once('.')?;
    (before == "dependencies" || before.ends_with(".dependencies")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::Manifest;

    #[test]
    fn dependencies_in_every_form() {
        let text = "[package]\nname = \"me\" # mine\nversion.workspace = true\n[dependencies]\na.workspace = true\n\
            b = { path = \"../b\" }\n# c = \"1\"\n\n[dependencies.d]\nworkspace = true\n[target.'cfg(unix)'.dependencies]\n\
            e = \"1\"\n[dev-dependencies]\nf = \"1\"\n[build-dependencies]\ng = \"1\"\n[lints]\nworkspace = true\n";
        let manifest = Manifest::parse(text);
        let names: Vec<_> = manifest.dependencies.iter().map(|(name, line)| (name.as_str(), *line)).collect();
        assert_eq!(manifest.name, "me");
        assert_eq!(names, [("a", 5), ("b", 6), ("d", 9), ("e", 12)]);
    }
}
