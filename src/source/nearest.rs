//! "Did you mean": the candidate that a mistyped word was most likely meant to be.

/// The candidate nearest to a word, if one is near enough to be worth naming.
///
/// Near enough is one slip in a short word and one in three characters of a longer one; `_`, `-` and case
/// don't count as slips, since the suite language spells its own words with hyphens and the protocol's not.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The distance costs the product of both lengths, and the word is foreign.
    if word.len() > 128 {
        return None;
    }
    let folded = fold(word);
    let slips = (folded.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 256)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= slips && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn names_the_word_that_was_meant() {
        let keys = ["expect", "exchange", "steps", "for-each", "id", "but"];
        for (word, meant) in [
            ("expcet", Some("expect")),
            ("expects", Some("expect")),
            ("step", Some("steps")),
            ("for_each", Some("for-each")),
            ("For-Each", Some("for-each")),
            ("ids", Some("id")),
            ("bit", Some("but")),
            ("credential", None),
            ("xy", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, keys), meant, "{word}");
        }
    }

    #[test]
    fn does_not_work_itself_to_death_on_a_huge_word() {
        assert_eq!(nearest(&"a".repeat(1_000_000), ["a"]), None);
    }
}
