//! A part of the cases for one of several machines, and what tells that parts belong together.

use aws_lc_rs::digest::{SHA256, digest};

use crate::model::Shard;
use crate::suite::model::Case;
use crate::suite::profile::Profile;

use super::args::Share;
use super::load::Loader;

/// Leaves the cases of this part, riders with their case, and says where each stands among all.
pub(super) fn part(share: Share, cases: Vec<Case>) -> (Vec<Case>, Shard) {
    let mut shard = Shard {
        number: share.number,
        of: share.of,
        ranks: Vec::new(),
    };
    let mut kept = Vec::new();
    for (rank, case) in cases.into_iter().enumerate() {
        if is_in(case.id.as_str(), share) {
            let rank = u32::try_from(rank).unwrap_or(u32::MAX);
            shard.ranks.push((case.id.clone(), rank));
            kept.push(case);
        }
    }
    (kept, shard)
}

/// Whether a name falls into a part: the same on every machine, whatever else is chosen.
pub(super) fn is_in(name: &str, share: Share) -> bool {
    hash(name) % u64::from(share.of.max(1)) + 1 == u64::from(share.number)
}

/// FNV-1a of 64 bits, its bits mixed once more, since the last of a sum modulo a small number are not.
fn hash(name: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state ^= state >> 33;
    state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
    state ^ (state >> 33)
}

/// Digest of the chosen cases and of the text of every suite that has some.
pub(super) fn of_suites(loader: &Loader) -> String {
    let mut text = String::new();
    for loaded in &loader.suites {
        text.push_str(loader.sources.text(loaded.file));
        for case in &loaded.suite.cases {
            text.push_str(case.id.as_str());
            text.push('\n');
        }
    }
    short(&text)
}

/// Digest of the profile. Every secret is taken out first, whatever its length: else the digest would tell whether
/// somebody guessed one.
pub(super) fn of_profile(loader: &Loader, profile: &Profile) -> String {
    let Some(file) = loader.profile else {
        return String::new();
    };
    let mut text = loader.sources.text(file).to_owned();
    let secrets = profile.secrets.iter().map(|secret| secret.reveal());
    for secret in secrets.filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "");
    }
    text = super::veil::veil(&text);
    let effects: Vec<&str> = profile.allow.iter().map(|effect| effect.word()).collect();
    short(&format!("{text}{}{}", profile.origin, effects.join(",")))
}

fn short(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let bytes = digest.as_ref().iter().take(8);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_one_part_and_parts_are_about_equal() {
        for of in [1, 2, 3, 5, 16] {
            let mut sizes = vec![0_u32; usize::try_from(of).unwrap()];
            for number in 0..1_600 {
                let name = format!("jwt/time::case-{number}[value={}]", number % 7);
                let parts: Vec<u32> = (1..=of)
                    .filter(|number| {
                        is_in(
                            &name,
                            Share {
                                number: *number,
                                of,
                            },
                        )
                    })
                    .collect();
                assert_eq!(parts.len(), 1, "{name}");
                sizes[usize::try_from(parts[0] - 1).unwrap()] += 1;
            }
            let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
            assert!(least * 2 >= *most, "{of}: {sizes:?}");
        }
    }

    #[test]
    fn a_part_stays_what_it_is() {
        let share = Share { number: 2, of: 5 };
        let names = [
            "basic/credentials::wrong-password",
            "jwt/time::expired",
            "a/b::c",
        ];
        let parts: Vec<u64> = names.iter().map(|name| hash(name) % 5).collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(is_in(names[0], share), parts[0] == 1);
    }
}
