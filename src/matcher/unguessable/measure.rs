//! Numbers about samples: how many characters vary, of which alphabet, and whether they count.

use std::collections::{BTreeMap, BTreeSet};

/// What samples share is no chance if chance would share it less often than once in two to this power.
const BEYOND_CHANCE: f64 = 30.0;

/// What stands next to a shared run is the same by chance about once in two to this power.
const BY_CHANCE: f64 = 20.0;

/// Numbers whose neighbours lie no further apart are counted up, not drawn.
const LARGEST_STEP: u128 = 65_536;

/// An upper bound of what samples hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Space {
    /// The fewest characters of a sample that are not shared with others.
    pub(super) varying: u32,
    /// How many characters there are to choose from.
    pub(super) alphabet: u32,
    bits_of_one: f64,
}

impl Space {
    /// Whole bits of a sample, at most.
    pub(super) fn bits(&self) -> u64 {
        // a hair more, so that 32 characters of 16 are 128 bits
        let bits = f64::from(self.varying) * self.bits_of_one + 1e-6;
        bits.clamp(0.0, 1e9) as u64
    }
}

/// The space that samples can come from, in characters.
pub(super) fn space(samples: &[String]) -> Space {
    let samples: Vec<Vec<char>> = samples
        .iter()
        .map(|sample| sample.chars().collect())
        .collect();
    let alphabet = alphabet(samples.iter().flatten().copied());
    let bits_of_one = f64::from(alphabet.max(1)).log2();
    let shared = shared(&samples, bits_of_one.max(0.1));
    let mut fewest = u32::MAX;
    let mut rest = Vec::new();
    for (sample, shared) in samples.iter().zip(&shared) {
        let own = sample
            .iter()
            .zip(shared)
            .filter(|(_, shared)| !**shared)
            .map(|(one, _)| *one);
        let own: Vec<char> = own.collect();
        fewest = fewest.min(u32::try_from(own.len()).unwrap_or(u32::MAX));
        rest.extend(own);
    }
    // what varies may be of a smaller alphabet than the parts that don't
    let alphabet = self::alphabet(rest.iter().copied());
    let bits_of_one = f64::from(alphabet.max(1)).log2();
    let measured = entropy(&rest);
    Space {
        varying: fewest,
        alphabet,
        // a few characters stand for most: then the alphabet flatters
        bits_of_one: if measured < bits_of_one * 0.75 {
            measured
        } else {
            bits_of_one
        },
    }
}

/// The size of the alphabet, by kinds of characters: few samples don't show every letter.
fn alphabet(chars: impl Iterator<Item = char>) -> u32 {
    let (mut digit, mut lower, mut upper, mut hex) = (false, false, false, true);
    let mut others = BTreeSet::new();
    for one in chars {
        hex &= one.is_ascii_hexdigit();
        match one {
            '0'..='9' => digit = true,
            'a'..='z' => lower = true,
            'A'..='Z' => upper = true,
            // of a pair that alphabets have together few samples may show one only
            '-' | '_' => others.extend(['-', '_']),
            '+' | '/' => others.extend(['+', '/']),
            other => others.extend([other]),
        }
    }
    if hex && (lower || upper) && !(lower && upper) {
        return 16;
    }
    let kinds = [(digit, 10), (lower, 26), (upper, 26)];
    let size: u32 = kinds
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, size)| size)
        .sum();
    size + u32::try_from(others.len()).unwrap_or(u32::MAX - 62)
}

/// Bits of a character by how often each occurs, with the correction for few samples (Miller and Madow).
fn entropy(chars: &[char]) -> f64 {
    let mut counts = BTreeMap::new();
    for one in chars {
        *counts.entry(*one).or_insert(0.0_f64) += 1.0;
    }
    let total: f64 = counts.values().sum();
    if total == 0.0 {
        return 0.0;
    }
    let measured: f64 = counts
        .values()
        .map(|count| count / total * (total / count).log2())
        .sum();
    let kinds: f64 = counts.values().map(|_| 1.0).sum();
    measured + (kinds - 1.0) / (2.0 * total * std::f64::consts::LN_2)
}

/// Which characters of each sample stand in others as well, beyond chance.
fn shared(samples: &[Vec<char>], bits_of_one: f64) -> Vec<Vec<bool>> {
    let mut shared: Vec<Vec<bool>> = samples
        .iter()
        .map(|sample| vec![false; sample.len()])
        .collect();
    let others = as_f64(samples.len()) - 1.0;
    // the same character at the same place of every sample
    let same_length = samples
        .iter()
        .all(|sample| sample.len() == samples[0].len());
    if same_length && others * bits_of_one > BEYOND_CHANCE {
        for at in
            (0..samples[0].len()).filter(|at| samples.iter().all(|one| one[*at] == samples[0][*at]))
        {
            shared.iter_mut().for_each(|flags| flags[at] = true);
        }
    }
    // a beginning or an end that all have; the characters next to it may be the same by chance
    let slack = characters(BY_CHANCE, others * bits_of_one);
    let (front, back) = ends(samples);
    for (length, at_front) in [(front, true), (back, false)] {
        if others * as_f64(length) * bits_of_one > BEYOND_CHANCE {
            let length = length.saturating_sub(slack);
            for flags in &mut shared {
                let from = if at_front { 0 } else { flags.len() - length };
                flags[from..from + length].fill(true);
            }
        }
    }
    // a run that two have, wherever it stands
    let total: usize = samples.iter().map(Vec::len).sum();
    let pairs = 2.0 * as_f64(total.max(2)).log2();
    let shortest = characters(pairs + BEYOND_CHANCE, bits_of_one).max(2);
    let slack = characters(BY_CHANCE + others.log2().max(0.0), bits_of_one);
    mark_runs(samples, shortest, slack, &mut shared);
    shared
}

/// How many characters make so many bits.
fn characters(bits: f64, bits_of_one: f64) -> usize {
    (bits / bits_of_one).ceil().clamp(0.0, 1e6) as usize
}

/// How many characters at the beginning and at the end are the same in all samples, without overlap.
fn ends(samples: &[Vec<char>]) -> (usize, usize) {
    let first = &samples[0];
    let shortest = samples.iter().map(Vec::len).min().unwrap_or(0);
    let same_from_front = |at: &usize| samples.iter().all(|one| one[*at] == first[*at]);
    let front = (0..shortest).take_while(same_from_front).count();
    let same_from_back = |at: &usize| {
        samples
            .iter()
            .all(|one| one[one.len() - at] == first[first.len() - at])
    };
    let back = (1..=shortest - front).take_while(same_from_back).count();
    (front, back)
}

/// Marks the runs of at least this length that stand in two samples, without what may belong to them by chance at
/// either end. What is marked already begins no run.
fn mark_runs(samples: &[Vec<char>], length: usize, slack: usize, shared: &mut [Vec<bool>]) {
    let mut homes: BTreeMap<&[char], (usize, bool)> = BTreeMap::new();
    for (number, sample) in samples.iter().enumerate() {
        for (at, window) in sample.windows(length).enumerate() {
            if !shared[number][at..at + length].contains(&true) {
                let home = homes.entry(window).or_insert((number, false));
                home.1 |= home.0 != number;
            }
        }
    }
    for (sample, flags) in samples.iter().zip(shared) {
        let mut run = vec![false; sample.len()];
        for (at, window) in sample.windows(length).enumerate() {
            if homes.get(window).is_some_and(|(_, several)| *several) {
                run[at..at + length].fill(true);
            }
        }
        for at in slack..run.len().saturating_sub(slack) {
            flags[at] |= run[at - slack..=at + slack].iter().all(|inside| *inside);
        }
    }
}

fn as_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// The largest step, if the samples are numbers that lie closer together, in the order in which they came, than
/// drawn ones would.
pub(super) fn counter(samples: &[String]) -> Option<u128> {
    if samples.len() < 3 {
        return None;
    }
    [10, 16, 36].into_iter().find_map(|radix| {
        let (numbers, digits) = numbers(samples, radix)?;
        let pairs = || numbers.windows(2);
        let steps: Vec<u128> = pairs().map(|pair| pair[0].abs_diff(pair[1])).collect();
        let largest = steps.iter().copied().max()?;
        let even = steps.iter().all(|step| *step == largest);
        let one_way =
            pairs().all(|pair| pair[0] < pair[1]) || pairs().all(|pair| pair[0] > pair[1]);
        let steps = as_f64(steps.len());
        let space = as_f64(digits) * f64::from(radix).log2();
        let drawn = |bits: f64, steps: f64| bits * steps < BY_CHANCE;
        let near = largest <= LARGEST_STEP && !drawn(space - bits_of(largest) - 1.0, steps);
        (one_way && (near || even && !drawn(space, steps - 1.0))).then_some(largest)
    })
}

fn bits_of(number: u128) -> f64 {
    f64::from(u128::BITS - number.leading_zeros())
}

/// The samples as numbers and their fewest digits, after what all begin with up to its last character that is no
/// digit.
fn numbers(samples: &[String], radix: u32) -> Option<(Vec<u128>, usize)> {
    let samples: Vec<Vec<char>> = samples
        .iter()
        .map(|sample| sample.chars().collect())
        .collect();
    let (common, _) = ends(&samples);
    let last = samples[0][..common]
        .iter()
        .rposition(|one| !one.is_digit(radix));
    let start = last.map_or(0, |at| at + 1);
    let fewest = samples.iter().map(|sample| sample.len() - start).min()?;
    let numbers: Option<Vec<u128>> = samples
        .iter()
        .map(|sample| {
            let digits: String = sample[start..].iter().collect();
            u128::from_str_radix(&digits, radix).ok()
        })
        .collect();
    Some((numbers?, fewest))
}
