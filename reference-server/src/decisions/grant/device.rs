//! Codes for devices without a browser (RFC 8628).

use crate::encoding;

/// The decisions about device codes.
#[derive(Clone)]
pub(crate) struct Devices {
    /// A new device code, which nobody can guess (RFC 8628 section 5.2).
    pub(crate) code: fn(u64) -> String,
    /// A new code for the user, which can't be guessed while it lives (RFC 8628 section 5.1).
    pub(crate) user_code: fn(u64) -> String,
    /// Where the user types the code, given the address and the code: there, without it (RFC 8628 section 3.3).
    pub(crate) address: fn(&str, &str) -> String,
    /// The lifetime that is said: a number (RFC 8628 section 3.2).
    pub(crate) says_lifetime: bool,
    /// Milliseconds that a code lives (RFC 8628 section 3.5).
    pub(crate) life: u64,
    /// Whether the client that asks is the one that the code was issued to (RFC 8628 section 3.4).
    pub(crate) of_client: fn(&str, &str) -> bool,
    /// Whether a code works once (RFC 8628 section 3.5).
    pub(crate) once: bool,
    /// Seconds between two questions; a client that asks faster is told to slow down (RFC 8628 section 3.5).
    pub(crate) interval: u64,
    /// Whether the user is asked after the login (RFC 8628 section 5.4).
    pub(crate) asks: bool,
    /// Whether the pages show the code for comparison (RFC 8628 section 3.3.1).
    pub(crate) shows_code: bool,
    /// The error while the user has not answered (RFC 8628 section 3.5).
    pub(crate) pending: &'static str,
    /// The error once the user said no (RFC 8628 section 3.5).
    pub(crate) denied: &'static str,
    /// The error once the time is over (RFC 8628 section 3.5).
    pub(crate) expired: &'static str,
}

impl Devices {
    pub(crate) fn right() -> Self {
        Self {
            code: |_| encoding::unguessable(),
            user_code: |_| typed(),
            address: |address, _| address.to_owned(),
            says_lifetime: true,
            life: 600_000,
            of_client: |owner, asking| owner == asking,
            once: true,
            interval: 5,
            asks: true,
            shows_code: true,
            pending: "authorization_pending",
            denied: "access_denied",
            expired: "expired_token",
        }
    }
}

/// Eight consonants: 34 bits that nobody misreads (RFC 8628 section 6.1).
fn typed() -> String {
    const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
    let random = encoding::sha256(encoding::unguessable().as_bytes());
    let letter = |octet: &u8| char::from(LETTERS[usize::from(*octet) % LETTERS.len()]);
    let (front, back): (Vec<&u8>, Vec<&u8>) = (
        random.iter().take(4).collect(),
        random.iter().skip(4).take(4).collect(),
    );
    let text = |octets: Vec<&u8>| octets.into_iter().map(letter).collect::<String>();
    format!("{}-{}", text(front), text(back))
}
