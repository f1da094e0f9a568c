//! YAML of strangers, where only the values matter: a description of an API, not a suite.
//!
//! Nothing is refused that YAML allows, aliases and merge keys included, but everything is bounded, also what aliases
//! unfold to. Of a key that stands twice the last counts, as most readers have it.

use serde_yaml::DuplicateKeyPolicy;

use crate::source::visible;

/// Lists and maps in each other.
const DEPTH: usize = 120;
/// Keys and values.
const NODES: usize = 4_000_000;

/// The values of a text, or why it can't be read, with line and column.
///
/// # Errors
/// The text is no YAML, or too much of it.
pub fn plain(text: &str) -> Result<serde_json::Value, String> {
    let options = serde_yaml::options! {
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_depth: DEPTH,
            max_nodes: NODES,
            max_events: NODES * 2,
            enforce_alias_anchor_ratio: false,
        },
    };
    serde_yaml::from_str_with_options(text, options)
        .map_err(|why| visible(why.to_string().trim()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_suites_may_not_have_is_read() {
        let text = "a: &it { b: 1 }\nc: *it\nd: { <<: *it, e: 2020-01-01 }\n200: yes\nf: null\n";
        let wanted = json!({
            "a": { "b": 1 }, "c": { "b": 1 }, "d": { "b": 1, "e": "2020-01-01" }, "200": "yes", "f": null,
        });
        assert_eq!(plain(text), Ok(wanted));
        assert_eq!(plain("{\"a\": [1, \"b\"]}"), Ok(json!({ "a": [1, "b"] })));
        assert_eq!(plain("a: 1\na: 2\n"), Ok(json!({ "a": 2 })));
    }

    #[test]
    fn a_bomb_is_not_unfolded() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let below = level - 1;
            let many = vec![format!("*a{below}"); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{many}]\n"));
        }
        assert!(plain(&text).is_err());
        assert!(plain(&"[".repeat(500)).is_err());
        assert!(plain("a: [1,\nb: 2").is_err());
    }
}
