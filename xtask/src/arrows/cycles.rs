//! Circles among the parts of a crate.

use std::collections::{BTreeMap, VecDeque};

use super::Arrow;
use super::source::Package;

/// A sentence for each circle that has a folder in it: the shortest one through the part that comes first by name, and
/// the places that make it.
pub fn find(package: &Package) -> Vec<String> {
    let mut uses: BTreeMap<&str, BTreeMap<&str, &Arrow>> = BTreeMap::new();
    for arrow in &package.arrows {
        uses.entry(&arrow.from).or_default().entry(&arrow.to).or_insert(arrow);
    }
    let is_folder = |name: &str| package.parts.iter().any(|part| part.name == name && part.is_folder);
    let mut found = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for part in &package.parts {
        let start = part.name.as_str();
        let Some(circle) = shortest(start, &uses).filter(|_| !told.contains(&start)) else { continue };
        told.extend(circle.iter().map(|arrow| arrow.from.as_str()));
        if !circle.iter().any(|arrow| is_folder(&arrow.from)) {
            continue;
        }
        let names: Vec<&str> = circle.iter().map(|arrow| arrow.from.as_str()).chain([start]).collect();
        let places: Vec<String> = circle.iter().map(|arrow| format!("\n    {arrow}")).collect();
        found.push(format!(
            "{}: parts use each other in a circle: {}{}",
            package.name,
            names.join(" -> "),
            places.concat()
        ));
    }
    found
}

/// The shortest way from a part back to it.
fn shortest<'a>(
    start: &'a str,
    uses: &BTreeMap<&'a str, BTreeMap<&'a str, &'a Arrow>>,
) -> Option<Vec<&'a Arrow>> {
    let mut came_by: BTreeMap<&str, &Arrow> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(part) = next.pop_front() {
        for (to, arrow) in uses.get(part).into_iter().flatten() {
            if came_by.contains_key(to) {
                continue;
            }
            came_by.insert(to, arrow);
            if *to == start {
                let mut circle = vec![*arrow];
                while circle[circle.len() - 1].from != start {
                    circle.push(came_by[circle[circle.len() - 1].from.as_str()]);
                }
                circle.reverse();
                return Some(circle);
            }
            next.push_back(to);
        }
    }
    None
}
