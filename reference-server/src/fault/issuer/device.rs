//! Mistakes with codes for devices.

use super::super::Fault;
use super::SERVER;

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "as-device-codes-count-up",
        what: "Device codes are the numbers of rows.",
        models: "AUTO_INCREMENT; CWE-340",
        breaks: &["RFC8628-5.2-1"],
        install: |d| d.grant.device.code = |number| format!("device-{number:08}"),
        ..SERVER
    },
    Fault {
        name: "as-device-short-user-codes",
        what: "The code for the user has three digits.",
        models: "a code that is quick to type; RFC 8628 section 5.1",
        breaks: &["RFC8628-5.1-1"],
        install: |d| d.grant.device.user_code = |number| format!("{:03}", (number * 7919) % 1000),
        ..SERVER
    },
    Fault {
        name: "as-device-address-holds-the-code",
        what: "verification_uri holds the code for the user.",
        models: "RFC 8628 section 3.3, one address for both",
        breaks: &["RFC8628-3.3-1"],
        install: |d| {
            d.grant.device.address = |address, code| format!("{address}?user_code={code}");
        },
        ..SERVER
    },
    Fault {
        name: "as-device-without-lifetime",
        what: "The answer doesn't say how long the code lives.",
        models: "RFC 8628 section 3.2",
        breaks: &["RFC8628-3.2-1"],
        install: |d| d.grant.device.says_lifetime = false,
        ..SERVER
    },
    Fault {
        name: "as-device-for-any-client",
        what: "Any client gets the tokens of a device code.",
        models: "RFC 8628 section 3.4, a lookup by device_code alone",
        breaks: &["CWE-639"],
        install: |d| d.grant.device.of_client = |_, _| true,
        ..SERVER
    },
    Fault {
        name: "as-device-code-works-again",
        what: "A device code gives tokens as often as it is asked for.",
        models: "RFC 8628 section 3.5, a row that is never removed",
        breaks: &["CWE-294"],
        install: |d| d.grant.device.once = false,
        ..SERVER
    },
    Fault {
        name: "as-device-never-too-fast",
        what: "A device may ask as fast as it likes.",
        models: "RFC 8628 section 3.5, interval as a mere hint",
        breaks: &["RFC8628-3.5-4"],
        install: |d| d.grant.device.interval = 0,
        ..SERVER
    },
    Fault {
        name: "as-device-pending-is-denied",
        what: "While the user has not answered the device is told access_denied.",
        models: "one error for all that is not yes; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-1"],
        install: |d| d.grant.device.pending = "access_denied",
        ..SERVER
    },
    Fault {
        name: "as-device-expired-is-pending",
        what: "A code whose time is over is still told pending.",
        models: "a sweeper that runs at night; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-2"],
        install: |d| d.grant.device.expired = "authorization_pending",
        ..SERVER
    },
    Fault {
        name: "as-device-denied-is-pending",
        what: "A device whose user said no is told to wait on.",
        models: "a decision that is stored only if it is yes; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-3"],
        install: |d| d.grant.device.denied = "authorization_pending",
        ..SERVER
    },
    Fault {
        name: "as-device-approves-at-login",
        what: "Whoever logs in with the code in the address has approved the device.",
        models: "one page for login and approval; RFC 8628 section 5.4",
        breaks: &["RFC8628-5.4-1", "RFC8628-3.3.1-2"],
        install: |d| d.grant.device.asks = false,
        ..SERVER
    },
    Fault {
        name: "as-device-page-without-the-code",
        what: "The page on which a device is approved doesn't show the code.",
        models: "RFC 8628 section 3.3.1",
        breaks: &["RFC8628-3.3.1-2"],
        install: |d| d.grant.device.shows_code = false,
        ..SERVER
    },
    Fault {
        name: "as-device-page-is-not-there",
        what: "verification_uri is a short address that nobody set up.",
        models: "RFC 8628 section 3.3, a redirect that is still to come",
        breaks: &["RFC8628-3.3-2"],
        install: |d| d.grant.device.address = |address, _| format!("{address}/go"),
        ..SERVER
    },
];
