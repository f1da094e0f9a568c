//! Mistakes of a login on another device (RFC 8628): asking too often, or on and on.

use serde_json::json;

use super::{CLIENT, Fault};

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-device-nameless",
        what: "The device request says nothing of the client.",
        models: "credentials that the token request alone gets; RFC 8628 section 3.1",
        breaks: &["RFC8628-3.1-1"],
        install: |d| d.client.device.authenticates = false,
        ..CLIENT
    },
    Fault {
        name: "client-device-grant-shortened",
        what: "The grant type is device_code and not its URN.",
        models: "grant_type=device_code of drafts and of Google's first device flow; RFC 8628 section 3.4",
        breaks: &["RFC8628-3.4-1"],
        install: |d| d.client.device.grant_type = "device_code",
        ..CLIENT
    },
    Fault {
        name: "client-device-asks-every-second",
        what: "The provider is asked every second, whatever interval it gave.",
        models: "a loop with sleep(1); RFC 8628 section 3.5",
        breaks: &["RFC8628-3.2-3", "RFC8628-3.5-6"],
        install: |d| d.client.device.interval = |_| 1,
        ..CLIENT
    },
    Fault {
        name: "client-device-default-of-two-seconds",
        what: "Without an interval the client waits two seconds.",
        models: "interval := resp.Interval; if interval == 0 { interval = 2 }; RFC 8628 section 3.2",
        breaks: &["RFC8628-3.2-2"],
        install: |d| {
            d.client.device.interval = |said| said["interval"].as_u64().unwrap_or(2);
        },
        ..CLIENT
    },
    Fault {
        name: "client-device-deaf-to-slow-down",
        what: "slow_down is taken for authorization_pending.",
        models: "one branch for both errors; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-5"],
        install: |d| d.client.device.slower = |interval| interval,
        ..CLIENT
    },
    Fault {
        name: "client-device-slows-down-once",
        what: "After slow_down one pause is longer, and the next as short as before.",
        models: "sleep(interval + 5) in the branch, without interval += 5; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-5"],
        install: |d| d.client.device.forgets = true,
        ..CLIENT
    },
    Fault {
        name: "client-device-asks-on-after-errors",
        what: "The client asks on, whatever the error is.",
        models: "while (!tokens) with a catch for everything; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-7"],
        install: |d| d.client.device.ends = |_| false,
        ..CLIENT
    },
    Fault {
        name: "client-device-begins-anew",
        what: "expired_token makes the client ask for another code by itself.",
        models: "a TV app whose code screen never goes dark; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-8"],
        install: |d| d.client.device.renews = true,
        ..CLIENT
    },
    Fault {
        name: "client-device-renews-in-time",
        what: "A code that is over is replaced by a new one, though nobody asked.",
        models: "a timer of expires_in that starts the flow again; RFC 8628 section 3.1",
        breaks: &["RFC8628-3.1-6"],
        install: |d| d.client.device.renews_in_time = true,
        ..CLIENT
    },
    Fault {
        name: "client-device-shows-the-link-alone",
        what: "The user is shown a link with the code in it, and not the code.",
        models: "QR codes drawn from verification_uri_complete; RFC 8628 section 3.3.1",
        breaks: &["RFC8628-3.3.1-1"],
        install: |d| {
            d.client.device.shows = |said| json!({ "link": said["verification_uri_complete"] });
        },
        ..CLIENT
    },
    Fault {
        name: "client-device-deaf-to-silence",
        what: "After a time-out the client asks as often as before.",
        models: "a catch around the request, and the same sleep behind it; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-9", "RFC8628-3.5-10"],
        install: |d| d.client.device.backs_off = |interval| interval,
        ..CLIENT
    },
    Fault {
        name: "client-device-backs-off-by-five",
        what: "Each time-out lengthens the pause by five seconds, like slow_down.",
        models: "one branch for slow_down and time-outs; RFC 8628 section 3.5",
        breaks: &["RFC8628-3.5-10"],
        install: |d| d.client.device.backs_off = |interval| interval + 5,
        ..CLIENT
    },
];
