//! Finding a requirement by words (`authspec explain WORDS`).
//!
//! A word of the query meets the words that begin with it. Entries that meet more of the query come first, then those
//! that meet it where it says more: the id, the rule itself, the rest.

use super::document::{Requirement, documents};

/// A requirement that meets words of a query.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The requirement.
    pub requirement: Requirement,
    /// How many words of the query it meets.
    pub met: usize,
    /// How well, compared with other hits that meet as many.
    pub score: usize,
}

/// The requirements that meet at least half of the words, best first.
pub fn search(words: &str) -> Vec<Hit> {
    search_in(words, documents().flat_map(|one| one.requirements))
}

fn search_in(words: &str, entries: impl Iterator<Item = Requirement>) -> Vec<Hit> {
    let query = query_words(words);
    let mut hits: Vec<Hit> = entries
        .filter_map(|requirement| {
            let weights = fields(&requirement);
            let scores = query.iter().map(|word| score(word, &weights));
            let (met, score) = scores
                .filter(|score| *score > 0)
                .fold((0, 0), |(met, sum), score| (met + 1, sum + score));
            (met > 0 && met * 2 >= query.len()).then_some(Hit {
                requirement,
                met,
                score,
            })
        })
        .collect();
    // stable: entries of equal worth stay in the order of the documents
    hits.sort_by_key(|hit| std::cmp::Reverse((hit.met, hit.score)));
    hits
}

/// The words of each field with what a meeting there is worth.
fn fields(one: &Requirement) -> [(usize, Vec<String>); 4] {
    [
        (8, vec![one.id.to_lowercase(), one.spec.to_lowercase()]),
        (4, split(&one.says)),
        (2, split(&one.title)),
        (1, [split(&one.observable), split(&one.stimulus)].concat()),
    ]
}

fn score(word: &str, fields: &[(usize, Vec<String>)]) -> usize {
    fields
        .iter()
        .map(|(worth, words)| {
            let whole = words.iter().any(|one| one == word);
            let begun = words.iter().any(|one| one.starts_with(word));
            worth * (usize::from(whole) + usize::from(begun))
        })
        .sum()
}

/// The words asked for, each once, without a plural s, so that "cookies" meets "cookie".
fn query_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = split(text)
        .into_iter()
        .map(|word| match word.strip_suffix('s') {
            Some(stem) if stem.len() > 3 && !stem.ends_with('s') => stem.to_owned(),
            _ => word,
        })
        .collect();
    words.sort();
    words.dedup();
    words
}

/// Words in lower case; what stands inside protocol names (`_`, `-`, `.`) doesn't split them.
fn split(text: &str) -> Vec<String> {
    text.split(|one: char| !one.is_alphanumeric() && !"_-.".contains(one))
        .map(|word| word.trim_matches(['.', '-']).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(words: &str) -> Vec<String> {
        let hits = search(words);
        hits.into_iter().map(|hit| hit.requirement.id).collect()
    }

    #[test]
    fn the_entry_that_meets_all_words_comes_before_those_that_meet_some() {
        let hits = search("code reuse tokens revoked");
        assert!(hits.is_sorted_by(|a, b| (a.met, a.score) >= (b.met, b.score)));
        assert!(hits.iter().all(|hit| hit.met >= 2));
        assert!(ids("code_verifier").contains(&"RFC7636-4.1-1".to_owned()));
    }

    #[test]
    fn an_id_finds_itself_first() {
        assert_eq!(ids("RFC7617-2-1")[0], "RFC7617-2-1");
    }

    #[test]
    fn a_plural_meets_the_singular() {
        assert!(!ids("nonces").is_empty());
        assert_eq!(query_words("Cookies, cookie"), ["cookie"]);
        assert_eq!(query_words("access"), ["access"]);
    }

    #[test]
    fn nothing_meets_nothing() {
        assert!(ids("").is_empty());
        assert!(ids("xyzzy plugh").is_empty());
    }
}
