use super::super::sample;
use super::*;

fn plain(status: u16, fields: &[(&str, &str)], body: &str) -> Exchange {
    sample::exchange(status, fields, body)
}

fn found(part: &str, seen: &Seen<'_>) -> Result<(), Miss> {
    examine(&json!({ "step": "other", "in": [part] }), seen)
}

#[test]
fn what_differs_within_a_side_is_not_compared() {
    let json = |id: &str, reason: &str| format!("{{\"id\":\"{id}\",\"error\":\"{reason}\"}}");
    let body = |id: &str, reason: &str| plain(401, &[], &json(id, reason));
    let field = |name: &str| plain(401, &[(name, "x")], "");
    let realm = |value: &str| plain(401, &[("WWW-Authenticate", value)], "");
    for (part, theirs, ours, same) in [
        (
            "body",
            [body("a", "no"), body("b", "no")],
            [body("c", "no"), body("d", "no")],
            true,
        ),
        (
            "body",
            [body("a", "no"), body("b", "no")],
            [body("c", "nobody"), body("d", "nobody")],
            false,
        ),
        (
            "body",
            [body("a", "no"), body("a", "no")],
            [body("b", "no"), body("c", "no")],
            true,
        ),
        (
            "body",
            [plain(401, &[], ""), plain(401, &[], "")],
            [body("b", "no"), body("b", "no")],
            false,
        ),
        (
            "status",
            [plain(401, &[], ""), plain(401, &[], "")],
            [plain(404, &[], ""), plain(404, &[], "")],
            false,
        ),
        (
            "status",
            [plain(401, &[], ""), plain(404, &[], "")],
            [plain(404, &[], ""), plain(404, &[], "")],
            true,
        ),
        (
            "header-names",
            [field("X-A"), field("X-A")],
            [field("x-a"), field("x-a")],
            true,
        ),
        (
            "header-names",
            [field("X-A"), field("X-A")],
            [field("X-B"), field("X-B")],
            false,
        ),
        (
            "header-names",
            [field("X-A"), field("X-B")],
            [field("X-B"), field("X-B")],
            true,
        ),
        (
            "header-names",
            [field("Set-Cookie"), field("Date")],
            [field("Age"), field("X-RateLimit-Left")],
            true,
        ),
        (
            "challenge",
            [realm("Basic realm=\"a\""), realm("Basic realm=\"a\"")],
            [realm("basic realm=a"), realm("basic realm=a")],
            true,
        ),
        (
            "challenge",
            [realm("Basic realm=\"a\""), realm("Basic realm=\"a\"")],
            [realm("Basic realm=\"b\""), realm("Basic realm=\"b\"")],
            false,
        ),
        (
            "challenge",
            [realm("Digest nonce=\"1\""), realm("Digest nonce=\"2\"")],
            [realm("Digest nonce=\"3\""), realm("Digest nonce=\"3\"")],
            true,
        ),
        (
            "challenge",
            [realm("Basic realm=\"a\""), realm("Basic realm=\"a\"")],
            [plain(401, &[], ""), plain(401, &[], "")],
            false,
        ),
    ] {
        let shown = format!(
            "{part}: {:?}",
            ours[0].answer.response().map(|response| response.status)
        );
        let found = found(part, &two_sides(theirs, ours));
        assert_eq!(found.is_ok(), same, "{shown} {found:?}");
    }
}

#[test]
fn the_finding_says_what_differs() {
    let theirs = [
        plain(401, &[], "Error: wrong password."),
        plain(401, &[], "Error: wrong password."),
    ];
    let ours = [
        plain(401, &[], "Error: unknown user."),
        plain(401, &[], "Error: unknown user."),
    ];
    let Err(Miss::Finding {
        expected,
        actual,
        evidence,
        ..
    }) = found("body", &two_sides(theirs, ours))
    else {
        panic!("no finding");
    };
    assert_eq!(
        expected,
        "the same body as in step other: `Error : wrong password.`"
    );
    assert_eq!(actual, "`Error : unknown user.`");
    assert_eq!(evidence, [0, 1, 2, 3]);
}

#[test]
fn an_echo_of_the_user_name_and_the_time_are_no_difference() {
    let answer = |user: &str, time: &str| {
        let mut exchange = plain(401, &[], &format!("{time} user {user} is not let in"));
        let value = crate::wire::basic::encode(user, "password-1");
        exchange
            .request
            .headers
            .push(crate::model::Header::new("Authorization", value));
        exchange
    };
    let theirs = [answer("alice", "10:00:01"), answer("alice", "10:00:01")];
    let ours = [answer("x7f3", "10:00:02"), answer("x7f3", "10:00:02")];
    assert_eq!(found("body", &two_sides(theirs, ours)), Ok(()));
}

#[test]
fn a_user_whose_name_is_a_word_of_the_answer_is_no_difference() {
    let answer = |user: &str| {
        let mut exchange = plain(401, &[], "wrong user or password");
        let value = crate::wire::basic::encode(user, "password-1");
        let header = crate::model::Header::new("Authorization", value);
        exchange.request.headers.push(header);
        exchange
    };
    let theirs = [answer("user"), answer("user")];
    let ours = [answer("x7f3"), answer("x7f3")];
    assert_eq!(found("body", &two_sides(theirs, ours)), Ok(()));
}

#[test]
fn one_answer_on_a_side_is_not_enough() {
    let answer = || plain(401, &[], "no");
    let mut seen = two_sides([answer(), answer()], [answer(), answer()]);
    seen.exchanges.to_mut().pop();
    assert!(matches!(found("status", &seen), Err(Miss::Unknown(_))));
    let mut seen = two_sides(
        [plain(401, &[], "a"), plain(401, &[], "b")],
        [answer(), answer()],
    );
    assert!(matches!(found("body", &seen), Err(Miss::Unknown(_))));
    seen.steps.to_mut().clear();
    assert!(matches!(found("status", &seen), Err(Miss::Unknown(_))));
}
