//! Secrets, and the one way out for text that may hold them.
//!
//! A [`Secret`] can't be printed. A [`Vault`] knows the secrets of a run or case and replaces them, in every
//! usual coding, by named placeholders. Only a vault makes [`Redacted`] text, and reports accept nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Secrets shorter than this are not searched for in prose: they would hit common words.
const SHORTEST_NEEDLE: usize = 8;

/// A value that must never be shown: no `Debug`, no `Display`, no `Serialize`. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    value: Zeroizing<String>,
    label: String,
}

impl Secret {
    /// A secret and the words that stand for it in reports, such as `password of alice`.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: Zeroizing::new(value.into()),
            label: label.into(),
        }
    }

    /// The value, for the one who sends it.
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// The words that stand for it.
    pub fn label(&self) -> &str {
        &self.label
    }
}

/// Text that went through a [`Vault`].
#[derive(Clone, Debug, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Redacted(String);

impl Redacted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Redacted {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// The secrets known so far.
#[derive(Clone, Default)]
pub struct Vault {
    labels: Vec<String>,
    /// Each value once; few enough for a walk through all.
    known: Vec<Known>,
}

#[derive(Clone)]
struct Known {
    value: Zeroizing<String>,
    /// Index of its label.
    label: usize,
    /// Every coding in lower case, made when the secret first has to be looked for.
    needles: std::sync::Arc<std::sync::OnceLock<Vec<Zeroizing<String>>>>,
}

impl Known {
    fn needles(&self) -> &[Zeroizing<String>] {
        self.needles.get_or_init(|| {
            let all = if self.value.len() >= SHORTEST_NEEDLE {
                codings(&self.value)
            } else {
                Vec::new()
            };
            all.into_iter()
                .map(|needle| Zeroizing::new(needle.to_lowercase()))
                .collect()
        })
    }
}

impl Vault {
    /// Takes a secret in; the same value twice keeps its first placeholder.
    pub fn add(&mut self, secret: &Secret) {
        if secret.reveal().is_empty() || self.find(secret.reveal()).is_some() {
            return;
        }
        let same = self
            .labels
            .iter()
            .filter(|label| label.starts_with(&secret.label))
            .count();
        self.labels.push(if same == 0 {
            secret.label.clone()
        } else {
            format!("{} {}", secret.label, same + 1)
        });
        self.known.push(Known {
            value: secret.value.clone(),
            label: self.labels.len() - 1,
            needles: std::sync::Arc::default(),
        });
    }

    /// Takes in all that another vault knows.
    pub fn absorb(&mut self, other: &Self) {
        for known in &other.known {
            if self.find(&known.value).is_none() {
                self.labels.push(other.labels[known.label].clone());
                self.known.push(Known {
                    label: self.labels.len() - 1,
                    ..known.clone()
                });
            }
        }
    }

    /// The placeholder of a whole value, if it is a known secret.
    pub fn placeholder(&self, value: &str) -> Option<String> {
        self.find(value)
            .map(|known| format!("«{}»", self.labels[known.label]))
    }

    fn find(&self, value: &str) -> Option<&Known> {
        self.known
            .iter()
            .find(|known| known.value.as_str() == value)
    }

    /// The text without any known secret.
    pub fn redact(&self, text: &str) -> Redacted {
        // most needles are nowhere: they are looked for at once in a text without letter case and line breaks
        let squeezed: String = text
            .chars()
            .filter(|one| !matches!(one, '\r' | '\n'))
            .collect::<String>()
            .to_lowercase();
        let mut found: Vec<(&str, usize)> = self
            .known
            .iter()
            .flat_map(|known| {
                known
                    .needles()
                    .iter()
                    .map(|needle| (needle.as_str(), known.label))
            })
            .filter(|(needle, _)| squeezed.contains(needle))
            .collect();
        found.sort_by(|one, other| {
            other
                .0
                .len()
                .cmp(&one.0.len())
                .then_with(|| one.0.cmp(other.0))
        });
        let mut text = text.to_owned();
        for (needle, label) in found {
            text = replace_ignoring_case(&text, needle, &format!("«{}»", self.labels[label]));
        }
        Redacted(text)
    }
}

/// The codings in which a secret is looked for.
fn codings(value: &str) -> Vec<String> {
    let bytes = value.as_bytes();
    let mut all = vec![value.to_owned(), value.chars().rev().collect()];
    for alignment in 0..3 {
        all.extend(base64_inside(bytes, alignment));
    }
    let percent = percent_encode(value);
    all.push(percent.replace("%20", "+"));
    all.push(percent.replace('%', "%25"));
    all.push(percent);
    all.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    let json = serde_json::to_string(value).unwrap_or_default();
    all.push(json.trim_matches('"').to_owned());
    all.push(json.trim_matches('"').replace('/', "\\/"));
    all.push(
        value
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
    );
    all.push(
        value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
    );
    all.retain(|needle| needle.len() >= SHORTEST_NEEDLE);
    all.sort();
    all.dedup();
    all
}

/// Base64 of the value as it looks inside a longer text, at one of three alignments; both alphabets.
fn base64_inside(bytes: &[u8], alignment: usize) -> Vec<String> {
    let mut padded = vec![0_u8; alignment];
    padded.extend_from_slice(bytes);
    let cut_front = [0, 2, 3][alignment];
    // the last group may depend on what follows; whole groups don't
    let whole = (padded.len() / 3) * 4;
    [
        STANDARD_NO_PAD.encode(&padded),
        URL_SAFE_NO_PAD.encode(&padded),
    ]
    .into_iter()
    .filter(|text| whole > cut_front && text.len() >= whole)
    .map(|text| text[cut_front..whole].to_owned())
    .collect()
}

fn percent_encode(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                (byte as char).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Replaces every occurrence of a lower-case needle, letter case aside, also where a line break splits it.
fn replace_ignoring_case(text: &str, needle: &str, with: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match match_length(rest, needle) {
            Some(length) => {
                out.push_str(with);
                rest = &rest[length..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// How many bytes of the text, from its start, are the needle.
fn match_length(text: &str, needle: &str) -> Option<usize> {
    let mut wanted = needle.chars();
    let mut next = wanted.next()?;
    for (at, one) in text.char_indices() {
        if at > 0 && matches!(one, '\r' | '\n') {
            continue;
        }
        for lower in one.to_lowercase() {
            if lower != next {
                return None;
            }
            match wanted.next() {
                Some(more) => next = more,
                None => return Some(at + one.len_utf8()),
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
