//! `application/x-www-form-urlencoded` as the URL standard defines it and RFC 6749 appendix B uses it.

use url::form_urlencoded;

/// The text of a list of pairs, in order.
pub fn encode(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// The pairs of a text, in order and with repetitions; octets that are no UTF-8 become U+FFFD.
pub fn parse(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// One name or value, as RFC 6749 section 2.3.1 wants client id and secret before they enter the Basic scheme.
pub fn encode_component(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_example_of_rfc_6749_appendix_b() {
        assert_eq!(encode_component(" %&+£€"), "+%25%26%2B%C2%A3%E2%82%AC");
    }

    #[test]
    fn repetitions_and_empty_values_stay() {
        let pairs = parse("a=1&a=2&b&c=");
        let names: Vec<_> = pairs
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        assert_eq!(names, [("a", "1"), ("a", "2"), ("b", ""), ("c", "")]);
    }

    proptest! {
        #[test]
        fn pairs_come_back(pairs in proptest::collection::vec((".{0,8}", ".{0,8}"), 0..6)) {
            // a pair of two empty texts vanishes: the URL standard skips empty sequences
            let pairs: Vec<(String, String)> = pairs.into_iter().filter(|(n, v)| !(n.is_empty() && v.is_empty())).collect();
            prop_assert_eq!(parse(&encode(&pairs)), pairs);
        }
    }
}
