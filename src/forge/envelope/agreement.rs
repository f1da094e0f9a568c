//! Keys that are agreed on (ECDH-ES, RFC 7518 section 4.6): with a point of our own, or with one that lies on another
//! curve, so that what comes out is one of a few values, whatever the recipient's key is.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::forge::{ForgeError, PublicKey};
use crate::wire::jose::base64url;

const FAILED: ForgeError = ForgeError::UnusableKey("no secret can be agreed on with the key");

/// A point with the coordinates of another curve, which differs from P-256 in its constant term and has few points in
/// the subgroup of this one (Nguyen 2017, CVE-2017-16007).
pub(super) struct Stray {
    x: &'static str,
    y: &'static str,
    /// The x coordinate that a multiple of it has, where it isn't the point at infinity or another one of the few.
    shared: &'static str,
}

/// Of order two: every odd multiple is the point itself.
pub(super) const OF_ORDER_TWO: Stray = Stray {
    x: "0j8IJBKLLzMMXH_QpqOkUGUTJw4mng038qdN5FLmtDg",
    y: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    shared: "0j8IJBKLLzMMXH_QpqOkUGUTJw4mng038qdN5FLmtDg",
};

/// Of order three: two of three multiples have its x.
pub(super) const OF_ORDER_THREE: Stray = Stray {
    x: "NvZ1zIHnTvXo4l2UDtkEdZUxmF1dncn4GBjoEYkvkCw",
    y: "Fnvw6G-vKqTJLPbDvQW7tBih1jYTlc1iXiXunLf2iJs",
    shared: "NvZ1zIHnTvXo4l2UDtkEdZUxmF1dncn4GBjoEYkvkCw",
};

/// Of order five: two of five multiples have its x.
pub(super) const OF_ORDER_FIVE: Stray = Stray {
    x: "vS_Ubd4QSONGiBqAYU6Y8EUVRKGWmFFQjzy_qkAorHE",
    y: "_3XZOk5-e7ins__9oemafyCTSKmAX_34SDTX67RHJHY",
    shared: "vS_Ubd4QSONGiBqAYU6Y8EUVRKGWmFFQjzy_qkAorHE",
};

/// The same: two others have the x of its double.
pub(super) const OF_ORDER_FIVE_DOUBLED: Stray = Stray {
    x: "vS_Ubd4QSONGiBqAYU6Y8EUVRKGWmFFQjzy_qkAorHE",
    y: "_3XZOk5-e7ins__9oemafyCTSKmAX_34SDTX67RHJHY",
    shared: "2dbOeA5d_92IeuHamB_UyCsMMkb1CWkgcfDRecQLkAM",
};

/// What the header shows of our half, and the content key.
pub(super) struct Agreed {
    pub(super) point: Value,
    pub(super) key: Vec<u8>,
}

fn shown(x: &str, y: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
}

/// Agrees with a public key. Our half follows from what is sealed, so that one token makes one envelope.
pub(super) fn with(key: &PublicKey, content: &[u8]) -> Result<Agreed, ForgeError> {
    let (x, y) = key.coordinates().ok_or(FAILED)?;
    let seed = digest(&SHA256, content);
    let ours = PrivateKey::from_private_key(&ECDH_P256, seed.as_ref()).map_err(|_| FAILED)?;
    let point = ours.compute_public_key().map_err(|_| FAILED)?;
    let point = point.as_ref();
    let theirs = [&[4], x, y.ok_or(FAILED)?].concat();
    let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs);
    let secret = agree(&ours, theirs, FAILED, |secret| Ok(secret.to_vec()))?;
    let (x, y) = point.get(1..).ok_or(FAILED)?.split_at(32);
    Ok(Agreed {
        point: shown(&base64url(x), &base64url(y)),
        key: derived(&secret),
    })
}

/// Agrees on what a multiple of a stray point may be.
pub(super) fn stray(stray: &Stray) -> Agreed {
    let secret = crate::wire::jose::unbase64url(stray.shared).unwrap_or_default();
    Agreed {
        point: shown(stray.x, stray.y),
        key: derived(&secret),
    }
}

/// Concat KDF for A256GCM (RFC 7518 section 4.6.2), with nobody named.
fn derived(secret: &[u8]) -> Vec<u8> {
    let mut input = vec![0, 0, 0, 1];
    input.extend_from_slice(secret);
    input.extend_from_slice(&7_u32.to_be_bytes());
    input.extend_from_slice(b"A256GCM");
    input.extend_from_slice(&[0; 8]);
    input.extend_from_slice(&256_u32.to_be_bytes());
    digest(&SHA256, &input).as_ref().to_vec()
}
