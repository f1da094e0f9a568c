//! Secrets, and the one way out for text that may hold them.
//!
//! A [`Secret`] can't be printed. A [`Vault`] knows the secrets of a run or case and replaces them, in every
//! usual coding, by named placeholders. Only a vault makes [`Redacted`] text, and reports accept nothing else.

use std::sync::{Arc, OnceLock};

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
    labels: Vec<Arc<str>>,
    /// Each value with the index of its label; few enough for a walk through all.
    known: Vec<(Arc<Known>, usize)>,
}

/// A value, and its codings once somebody redacts; vaults share both.
struct Known {
    value: Zeroizing<String>,
    made_up: bool,
    needles: OnceLock<Vec<Zeroizing<String>>>,
}

impl Known {
    /// What is looked for. A value that is too short is not: it would hit common words.
    fn needles(&self) -> &[Zeroizing<String>] {
        self.needles.get_or_init(|| {
            if self.value.len() < SHORTEST_NEEDLE {
                return Vec::new();
            }
            codings(&self.value)
                .into_iter()
                .map(Zeroizing::new)
                .collect()
        })
    }
}

impl Vault {
    /// Takes a secret in; the same value twice keeps its first placeholder.
    pub fn add(&mut self, secret: &Secret) {
        self.take(secret, false);
    }

    /// Takes in what a case made up and nobody issued. It opens nothing, so that no other vault absorbs it: that of
    /// the run would grow with every case.
    pub fn add_made_up(&mut self, secret: &Secret) {
        self.take(secret, true);
    }

    fn take(&mut self, secret: &Secret, made_up: bool) {
        if secret.reveal().is_empty() || self.number(secret.reveal()).is_some() {
            return;
        }
        let known = Known {
            value: secret.value.clone(),
            made_up,
            needles: OnceLock::new(),
        };
        self.push(Arc::new(known), &secret.label);
    }

    /// Takes in all that another vault knows, but for what was made up.
    pub fn absorb(&mut self, other: &Self) {
        for (known, number) in &other.known {
            if !known.made_up && self.number(&known.value).is_none() {
                self.push(Arc::clone(known), &other.labels[*number]);
            }
        }
    }

    fn push(&mut self, known: Arc<Known>, label: &str) {
        let same = self
            .labels
            .iter()
            .filter(|other| other.starts_with(label))
            .count();
        self.labels.push(if same == 0 {
            label.into()
        } else {
            format!("{label} {}", same + 1).into()
        });
        self.known.push((known, self.labels.len() - 1));
    }

    /// Only what may stand in one of these texts, under the labels that it has here. Who redacts many parts of them
    /// needs not look for all else in each.
    pub fn near<'a>(&self, texts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut grams = Grams::none();
        texts.into_iter().for_each(|text| grams.add(text));
        let may_stand = |known: &Known| {
            let mut needles = known.needles().iter();
            needles.any(|needle| grams.may_hold(needle))
        };
        let known = self.known.iter();
        Self {
            labels: self.labels.clone(),
            known: known
                .filter(|(known, _)| may_stand(known))
                .cloned()
                .collect(),
        }
    }

    /// The placeholder of a whole value, if it is a known secret.
    pub fn placeholder(&self, value: &str) -> Option<String> {
        self.number(value)
            .map(|number| format!("«{}»", self.labels[number]))
    }

    fn number(&self, value: &str) -> Option<usize> {
        self.known
            .iter()
            .find(|(known, _)| known.value.as_str() == value)
            .map(|(_, number)| *number)
    }

    /// The text without any known secret: `«password of alice»` stands for it.
    pub fn redact(&self, text: &str) -> Redacted {
        self.redact_as(text, &|label, _| format!("«{label}»"))
    }

    /// The text without any known secret, the longest needles first. What stands for one is asked of `shown`, by its
    /// label and by whether it stood there as it is or in a coding.
    pub fn redact_as(&self, text: &str, shown: &dyn Fn(&str, bool) -> String) -> Redacted {
        let grams = Grams::of(text);
        let mut needles: Vec<(&str, usize, bool)> = Vec::new();
        for (known, number) in &self.known {
            let all = known.needles().iter().map(|needle| needle.as_str());
            needles.extend(
                all.filter(|needle| grams.may_hold(needle))
                    .map(|needle| (needle, *number, needle == known.value.as_str())),
            );
        }
        needles.sort_by(|one, other| {
            other
                .0
                .len()
                .cmp(&one.0.len())
                .then_with(|| one.0.cmp(other.0))
        });
        let mut text = text.to_owned();
        // as they stand first: what only seems split over a line break may be a shorter secret and the next line
        for breaks in [Breaks::Count, Breaks::Skipped] {
            for (needle, number, plain) in &needles {
                let with = shown(&self.labels[*number], *plain);
                text = replace_ignoring_case(&text, needle, &with, breaks);
            }
        }
        Redacted(text)
    }
}

/// Which groups of four bytes a text holds, letter case and line breaks aside. A run knows thousands of needles and
/// a text holds next to none of them, so most are ruled out by a look or three.
struct Grams {
    bits: Vec<u64>,
}

impl Grams {
    const BITS: usize = 1 << 16;

    fn of(text: &str) -> Self {
        let mut grams = Self::none();
        grams.add(text.as_bytes());
        grams
    }

    fn none() -> Self {
        Self {
            bits: vec![0_u64; Self::BITS / 64],
        }
    }

    fn add(&mut self, text: &[u8]) {
        let bytes = text.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'));
        let mut gram = 0_u32;
        for (at, byte) in bytes.enumerate() {
            gram = gram << 8 | u32::from(byte.to_ascii_lowercase());
            if at >= 3 {
                let place = Self::place(gram);
                self.bits[place / 64] |= 1 << (place % 64);
            }
        }
    }

    /// False only if the needle is nowhere in the text.
    fn may_hold(&self, needle: &str) -> bool {
        let needle = needle.as_bytes();
        let middle = (needle.len() / 2).min(needle.len().saturating_sub(4));
        [0, middle, needle.len().saturating_sub(4)]
            .into_iter()
            .filter_map(|start| needle.get(start..start + 4))
            .all(|bytes| {
                let gram = bytes.iter().fold(0_u32, |gram, byte| {
                    gram << 8 | u32::from(byte.to_ascii_lowercase())
                });
                let place = Self::place(gram);
                self.bits[place / 64] & 1 << (place % 64) != 0
            })
    }

    /// Fibonacci hashing into the table.
    const fn place(gram: u32) -> usize {
        (gram.wrapping_mul(0x9e37_79b1) >> 16) as usize
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

/// What a line break inside an occurrence means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// It is a character like others.
    Count,
    /// Nothing: text is wrapped.
    Skipped,
}

/// Replaces every occurrence, letter case aside.
fn replace_ignoring_case(text: &str, needle: &str, with: &str, breaks: Breaks) -> String {
    let pattern: Vec<char> = needle.chars().map(|one| one.to_ascii_lowercase()).collect();
    let Some(first) = pattern.first().copied() else {
        return text.to_owned();
    };
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = if chars[at].to_ascii_lowercase() == first {
            match_at(&chars, at, &pattern, breaks)
        } else {
            None
        };
        match end {
            Some(end) => {
                out.push_str(with);
                at = end;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

fn match_at(chars: &[char], start: usize, pattern: &[char], breaks: Breaks) -> Option<usize> {
    let mut at = start;
    for (index, wanted) in pattern.iter().enumerate() {
        while breaks == Breaks::Skipped && index > 0 && matches!(chars.get(at), Some('\r' | '\n')) {
            at += 1;
        }
        if chars.get(at)?.to_ascii_lowercase() != *wanted {
            return None;
        }
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests;
