//! DEFLATE (RFC 1951), written: as it stands, or with its longest run in a thousandth of the space. No general packer: it
//! makes the small text that becomes a large one.

/// How far apart the same octets stand in a run: base64 of one letter repeats after four.
const STEP: usize = 4;
/// The longest copy that DEFLATE has one code for.
const COPY: usize = 258;

/// The octets as they stand, in blocks that are not compressed.
pub(super) fn stored(octets: &[u8]) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.stored(octets, true);
    bits.out
}

/// The same, but what repeats after four octets is written as copies of two bits each.
pub(super) fn packed(octets: &[u8]) -> Vec<u8> {
    let (start, length) = longest_run(octets);
    let copies = length / COPY;
    let (before, rest) = octets.split_at(start);
    let mut bits = Bits::default();
    if !before.is_empty() {
        bits.stored(before, false);
    }
    if copies > 0 {
        bits.copies(copies);
    }
    bits.stored(&rest[copies * COPY..], true);
    bits.out
}

/// Where the longest run begins whose every octet is the one of four places before, and its length.
fn longest_run(octets: &[u8]) -> (usize, usize) {
    let (mut best, mut run) = ((0, 0), (0, 0));
    for at in STEP..octets.len() {
        if octets[at] != octets[at - STEP] {
            run = (at + 1, 0);
            continue;
        }
        if run.1 == 0 {
            run.0 = at;
        }
        run.1 += 1;
        if run.1 > best.1 {
            best = run;
        }
    }
    best
}

#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    /// How many bits of the last octet are written.
    used: u32,
}

impl Bits {
    /// A number, its lowest bit first.
    fn put(&mut self, value: u32, count: u32) {
        for place in 0..count {
            if self.used == 0 {
                self.out.push(0);
            }
            if let Some(last) = self.out.last_mut() {
                *last |= u8::from(value >> place & 1 == 1) << self.used;
            }
            self.used = (self.used + 1) % 8;
        }
    }

    /// A code, its highest bit first.
    fn code(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            self.put(value >> place & 1, 1);
        }
    }

    /// Blocks of octets as they stand (RFC 1951 section 3.2.4).
    fn stored(&mut self, octets: &[u8], last: bool) {
        let mut left = octets;
        loop {
            let (block, rest) = left.split_at(left.len().min(usize::from(u16::MAX)));
            self.put(u32::from(last && rest.is_empty()), 1);
            self.put(0, 2);
            self.used = 0;
            let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
            self.out.extend(length.to_le_bytes());
            self.out.extend((!length).to_le_bytes());
            self.out.extend_from_slice(block);
            if rest.is_empty() {
                return;
            }
            left = rest;
        }
    }

    /// A block of copies from four octets before (RFC 1951 section 3.2.7). Its codes are the shortest there are: one bit
    /// for the end and for the copy, and one for the distance.
    fn copies(&mut self, count: usize) {
        self.put(0, 1);
        self.put(2, 2);
        // 286 codes of lengths, 4 of distances, 18 lengths of the codes that write those
        self.put(286 - 257, 5);
        self.put(4 - 1, 5);
        self.put(18 - 4, 4);
        for length in [0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] {
            self.put(length, 3);
        }
        let (none, one, nones) = ((0b10, 2), (0, 1), (0b11, 2));
        let zeros = |bits: &mut Self, count: u32| {
            bits.code(nones.0, nones.1);
            bits.put(count - 11, 7);
        };
        zeros(self, 138);
        zeros(self, 118);
        self.code(one.0, one.1);
        zeros(self, 28);
        self.code(one.0, one.1);
        for _ in 0..3 {
            self.code(none.0, none.1);
        }
        self.code(one.0, one.1);
        for _ in 0..count {
            self.put(1, 1);
            self.put(0, 1);
        }
        self.put(0, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(octets: &[u8]) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
        crate::wire::jose::base64url(digest.as_ref())
    }

    #[test]
    fn a_run_takes_a_thousandth() {
        let text = [
            b"header.".to_vec(),
            b"YWFh".repeat(1 << 19),
            b"YX0.sig".to_vec(),
        ]
        .concat();
        assert_eq!(longest_run(&text), (11, (4 << 19) - 3));
        let packed = packed(&text);
        assert!(packed.len() < text.len() / 900, "{}", packed.len());
        // zlib reads it as the text again
        assert_eq!(
            digest(&packed),
            "tWCvTMGVhISsHoU4vvojKiNPooDsZJS6iVzCVwmdWuE"
        );
        assert_eq!(
            digest(&stored(&text)),
            "7KY6-P3ruyFaES3yC4kr6R5tA_l5okIwKE4gCMo-Tec"
        );
    }

    #[test]
    fn what_has_no_run_stays_as_it_is() {
        assert_eq!(packed(b"abc"), stored(b"abc"));
        assert_eq!(stored(b"abc"), b"\x01\x03\x00\xfc\xffabc");
        assert_eq!(packed(b""), b"\x01\x00\x00\xff\xff");
    }
}
