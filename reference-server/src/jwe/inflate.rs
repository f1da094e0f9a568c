//! DEFLATE (RFC 1951), read up to a limit: who writes a kilobyte decides otherwise how many millions are unpacked.

/// What was packed; none if it is no DEFLATE or more than so many octets.
pub(crate) fn inflate(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut bits = Bits { packed, at: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, most)?,
            1 => {
                let (literals, distances) = fixed();
                coded(&mut bits, &mut out, most, &literals, &distances)?;
            }
            2 => {
                let (literals, distances) = dynamic(&mut bits)?;
                coded(&mut bits, &mut out, most, &literals, &distances)?;
            }
            _ => return None,
        }
        if last {
            return Some(out);
        }
    }
}

struct Bits<'a> {
    packed: &'a [u8],
    /// The next bit.
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<usize> {
        let mut value = 0;
        for place in 0..count {
            let octet = self.packed.get(self.at / 8)?;
            value |= usize::from(octet >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Some(value)
    }

    /// A symbol of a code (RFC 1951 section 3.2.2).
    fn symbol(&mut self, code: &Code) -> Option<usize> {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for count in &code.counts {
            value |= self.take(1)?;
            if value < first + count {
                return code.symbols.get(index + value.checked_sub(first)?).copied();
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        None
    }
}

/// A canonical code: how many symbols have codes of 1, 2 ... 15 bits, and the symbols in that order.
struct Code {
    counts: [usize; 15],
    symbols: Vec<usize>,
}

impl Code {
    fn of(lengths: &[usize]) -> Self {
        let mut counts = [0; 15];
        let mut symbols = Vec::new();
        for (count, length) in counts.iter_mut().zip(1..) {
            let these = lengths
                .iter()
                .enumerate()
                .filter(|(_, one)| **one == length);
            let before = symbols.len();
            symbols.extend(these.map(|(symbol, _)| symbol));
            *count = symbols.len() - before;
        }
        Self { counts, symbols }
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>, most: usize) -> Option<()> {
    let start = bits.at.div_ceil(8);
    let four = bits.packed.get(start..start + 4)?;
    let length = u16::from_le_bytes([four[0], four[1]]);
    if length != !u16::from_le_bytes([four[2], four[3]]) {
        return None;
    }
    let end = start + 4 + usize::from(length);
    let octets = bits.packed.get(start + 4..end)?;
    bits.at = end * 8;
    if out.len() + octets.len() > most {
        return None;
    }
    out.extend_from_slice(octets);
    Some(())
}

fn fixed() -> (Code, Code) {
    let lengths: Vec<usize> = [(144, 8), (112, 9), (24, 7), (8, 8)]
        .into_iter()
        .flat_map(|(count, length)| std::iter::repeat_n(length, count))
        .collect();
    (Code::of(&lengths), Code::of(&[5; 30]))
}

fn dynamic(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    const ORDER: [usize; 19] = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ];
    let literals = bits.take(5)? + 257;
    let distances = bits.take(5)? + 1;
    let given = bits.take(4)? + 4;
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(given) {
        lengths[*place] = bits.take(3)?;
    }
    let code = Code::of(&lengths);
    let mut all: Vec<usize> = Vec::new();
    while all.len() < literals + distances {
        let (length, times) = match bits.symbol(&code)? {
            16 => (*all.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length, 1),
        };
        all.extend(std::iter::repeat_n(length, times));
    }
    let (one, other) = all.split_at_checked(literals)?;
    (other.len() == distances).then(|| (Code::of(one), Code::of(other)))
}

/// Literals, and copies of what went before (RFC 1951 section 3.2.5).
fn coded(
    bits: &mut Bits<'_>,
    out: &mut Vec<u8>,
    most: usize,
    literals: &Code,
    distances: &Code,
) -> Option<()> {
    loop {
        match bits.symbol(literals)? {
            256 => return Some(()),
            symbol @ 0..256 => out.push(u8::try_from(symbol).ok()?),
            symbol => {
                let length = match symbol - 257 {
                    short @ 0..8 => 3 + short,
                    28 => 258,
                    code @ 8..28 => stepped(bits, code, 4)? + 3,
                    _ => return None,
                };
                let distance = match bits.symbol(distances)? {
                    short @ 0..4 => 1 + short,
                    code @ 4..30 => stepped(bits, code, 2)? + 1,
                    _ => return None,
                };
                let start = out.len().checked_sub(distance)?;
                if out.len() + length > most {
                    return None;
                }
                for place in start..start + length {
                    out.push(*out.get(place)?);
                }
            }
        }
        if out.len() > most {
            return None;
        }
    }
}

/// The value of a code that stands for a span: so many codes share a number of further bits, and each such group
/// has one bit more.
fn stepped(bits: &mut Bits<'_>, code: usize, group: usize) -> Option<usize> {
    let extra = code / group - 1;
    Some(((group + code % group) << extra) + bits.take(extra)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::base64_decode;

    /// What zlib makes, by how: stored, with the fixed codes, with codes of its own.
    const PACKED: &[(&str, &str, usize)] = &[
        (
            "ASoA1f9vbmUgdHdvIHRocmVlIG9uZSB0d28gdGhyZWUgb25lIHR3byB0aHJlZSA=",
            "one two three ",
            3,
        ),
        (
            "S0xKTgShFB2FkvLUvJJK3ZLyfIXEvBSF3PyiVGuFxFH5UflR+VH5YSoPAA==",
            "abcabcabd, twenty-two and more; ",
            40,
        ),
        (
            "7c3LTUMxFATQVm4BTxH/XxGs0oAhJs8KsSXbWaR7nmBBE2c7M5qzX3O0fsg9yniLr9bPS6w5bcESp3xdYpRjTfPS8xKf36mcxy7e21xLPUapkWK2U64xZs59RKrXv+ojb1c5bm7v7h8en55fXqPM8f+17Vs77GJPp9PpdDqdTqfT6XQ6nU6n0+l0Op1Op9PpdDqdTqfT6XQ6nU6n0+l0Op1Op9PpdDqdTqfT6XQ6nU6n0+l0Op1Op9PpdDqdTqfT6XQ6nU6n0+l0Op1Op9PpdDqdTqfT6XQ6nU6n0+l0Op1Op9PpdDqdTqfT6XQ6nU6n0+l0Op1Op//qPw==",
            "The order is: form, header, key, signature, claims. Nothing in a token steers anything before 0123456789 its signature stood. ",
            300,
        ),
    ];

    #[test]
    fn what_zlib_packs_is_unpacked() {
        for (packed, text, times) in PACKED {
            let packed = base64_decode(packed).unwrap();
            let text = text.repeat(*times);
            assert_eq!(inflate(&packed, text.len()).unwrap(), text.as_bytes());
            assert_eq!(inflate(&packed, text.len() - 1), None);
            for short in 0..packed.len() {
                assert_eq!(inflate(&packed[..short], text.len()), None, "{short}");
            }
        }
    }

    #[test]
    fn what_is_no_deflate_is_refused() {
        for packed in [&[7_u8][..], &[1, 1, 0, 0, 0], &[3, 2, 0xff], &[]] {
            assert_eq!(inflate(packed, 99), None, "{packed:?}");
        }
    }
}
