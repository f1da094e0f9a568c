//! What stays the same in two texts that were made for the same request: words, and gaps where they differ.
//!
//! Request ids, dates and nonces differ from one answer to the next; what differs between two answers to one request
//! says nothing about the request. A text fits a template if it has the same words, and in the gaps at most as many
//! as were seen there.

/// Above this many pairs the middle of two texts is one gap.
const MOST_PAIRS: usize = 4_000_000;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    /// Anything, up to this many words.
    Gap(usize),
}

/// What two texts have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

/// The words of a text: runs of what stands in identifiers, and every other visible character by itself.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for one in text.chars() {
        let inside = one.is_alphanumeric() || "-_.+/%~".contains(one);
        match words.last_mut() {
            Some(word) if inside && open => word.push(one),
            _ if !one.is_whitespace() => words.push(one.to_string()),
            _ => {}
        }
        open = inside;
    }
    words
}

impl Template {
    /// What two lists of words have in common.
    pub(crate) fn of(one: &[String], other: &[String]) -> Self {
        let front = one.iter().zip(other).take_while(|(a, b)| a == b).count();
        let (one_rest, other_rest) = (&one[front..], &other[front..]);
        let back = one_rest
            .iter()
            .rev()
            .zip(other_rest.iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let mut parts: Vec<Part> = one[..front].iter().cloned().map(Part::Word).collect();
        middle(
            &one_rest[..one_rest.len() - back],
            &other_rest[..other_rest.len() - back],
            &mut parts,
        );
        parts.extend(
            one_rest[one_rest.len() - back..]
                .iter()
                .cloned()
                .map(Part::Word),
        );
        Self(parts)
    }

    /// Whether words fit.
    pub(crate) fn fits(&self, words: &[String]) -> bool {
        // how many words may be behind us
        let mut at: Vec<usize> = vec![0];
        for part in &self.0 {
            at = match part {
                Part::Word(word) => at
                    .into_iter()
                    .filter(|here| words.get(*here) == Some(word))
                    .map(|here| here + 1)
                    .collect(),
                Part::Gap(most) => {
                    let mut reached: Vec<usize> = at
                        .into_iter()
                        .flat_map(|here| here..=(here + most).min(words.len()))
                        .collect();
                    reached.sort_unstable();
                    reached.dedup();
                    reached
                }
            };
            if at.is_empty() {
                return false;
            }
        }
        at.contains(&words.len())
    }

    /// Whether nothing is common to the two texts although there is something.
    pub(crate) fn is_all_gap(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|part| matches!(part, Part::Gap(_)))
    }

    /// The words without the gaps.
    pub(crate) fn kept(&self) -> Vec<&str> {
        self.0
            .iter()
            .filter_map(|part| match part {
                Part::Word(word) => Some(word.as_str()),
                Part::Gap(_) => None,
            })
            .collect()
    }
}

/// Words and gaps by the longest common subsequence.
fn middle(one: &[String], other: &[String], parts: &mut Vec<Part>) {
    let gap = |one: usize, other: usize, parts: &mut Vec<Part>| {
        if one.max(other) > 0 {
            parts.push(Part::Gap(one.max(other)));
        }
    };
    if one.len().saturating_mul(other.len()) > MOST_PAIRS {
        gap(one.len(), other.len(), parts);
        return;
    }
    let width = other.len() + 1;
    let mut longest = vec![0_u32; (one.len() + 1) * width];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            longest[i * width + j] = if one[i] == other[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut from_i, mut from_j) = (0, 0, 0, 0);
    while i < one.len() && j < other.len() {
        if one[i] == other[j] {
            gap(i - from_i, j - from_j, parts);
            parts.push(Part::Word(one[i].clone()));
            (i, j) = (i + 1, j + 1);
            (from_i, from_j) = (i, j);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    gap(one.len() - from_i, other.len() - from_j, parts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_the_template_of_two_others() {
        for (one, other, text, fits) in [
            ("no such id 17", "no such id 18", "no such id 19", true),
            ("no such id 17", "no such id 18", "no such user 19", false),
            (
                "{\"id\":\"a1\",\"e\":\"x\"}",
                "{\"id\":\"b2\",\"e\":\"x\"}",
                "{\"id\":\"c3\",\"e\":\"x\"}",
                true,
            ),
            (
                "{\"id\":\"a1\",\"e\":\"x\"}",
                "{\"id\":\"b2\",\"e\":\"x\"}",
                "{\"id\":\"c3\",\"e\":\"y\"}",
                false,
            ),
            ("same", "same", "same", true),
            ("same", "same", "other", false),
            ("", "", "", true),
            ("", "", "x", false),
            ("at 1 of 2", "at 3 of 4", "at 5 of 6", true),
            ("at 1 of 2", "at 3 of 4", "at 5 6 7 of 6", false),
        ] {
            let template = Template::of(&words(one), &words(other));
            assert_eq!(
                template.fits(&words(text)),
                fits,
                "{one} / {other} / {text}"
            );
        }
    }

    #[test]
    fn texts_without_anything_in_common_are_all_gap() {
        assert!(Template::of(&words("a b"), &words("c d")).is_all_gap());
        assert!(!Template::of(&words(""), &words("")).is_all_gap());
        let long: Vec<String> = (0..3_000).map(|number| number.to_string()).collect();
        let other: Vec<String> = (5_000..8_000).map(|number| number.to_string()).collect();
        assert!(Template::of(&long, &other).is_all_gap());
    }
}
