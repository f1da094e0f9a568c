//! A target whose clock is ten minutes off: it says so in `Date`, and what is near a boundary is not judged by it.

use authspec::forge::Key;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::Value;

use crate::judged::{bundled, embedded, run, suite};
use crate::server::{Answer, Asked, Server};

const SECRET: &str = "a secret of thirty-two octets, or a few more";

const BOUNDARIES: &str = r#"
suite: mine/time
role: resource-server
cases:
  - id: expired-ten-minutes-ago
    steps:
      - send: { to: protected, credential: { jwt: { sign-with: trusted } } }
        but: { credential: { jwt: { claims: { exp: "${now - 10m}" } } } }
        expect: [{ outcome: not-accepted, basis: ours }]
  - id: valid-for-ten-minutes
    steps:
      - send: { to: protected, credential: { jwt: { sign-with: trusted } } }
        but: { credential: { jwt: { claims: { exp: "${now + 10m}" } } } }
        expect: [{ outcome: accepted, basis: ours }]
  - id: expired-a-day-ago
    steps:
      - send: { to: protected, credential: { jwt: { sign-with: trusted } } }
        but: { credential: { jwt: { claims: { exp: "${now - 1d}" } } } }
        expect: [{ outcome: not-accepted, basis: ours }]
  - id: signed-by-a-stranger
    steps:
      - send: { to: protected, credential: { jwt: { sign-with: trusted } } }
        but: { credential: { jwt: { sign-with: stranger } } }
        expect: [{ outcome: not-accepted, basis: ours }]
"#;

fn profile(origin: &str) -> String {
    format!(
        r#"
target: {origin}
guarded: [{{ path: /protected, scheme: bearer }}]
key: {{ alg: HS256, secret: "{SECRET}", claims: {{ sub: alice }} }}
"#
    )
}

fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A sound verifier whose clock is so many seconds ahead.
fn verify(asked: &Asked, ahead: i64) -> Answer {
    let refused =
        Answer::json(401, "{}").with("WWW-Authenticate", r#"Bearer error="invalid_token""#);
    let field = asked
        .one("authorization")
        .and_then(|field| field.split_once(' '));
    let Some((_, token)) = field else {
        return Answer::json(401, "{}").with("WWW-Authenticate", "Bearer");
    };
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let Ok(read) = decode::<Value>(token, &key, &validation) else {
        return refused;
    };
    let clock = (now() + ahead) as f64;
    let time = |name: &str| read.claims.get(name).map(Value::as_f64);
    let lives = time("exp").is_some_and(|exp| exp.is_some_and(|exp| clock < exp))
        && time("nbf").is_none_or(|nbf| nbf.is_some_and(|nbf| nbf <= clock));
    if lives {
        Answer::json(200, r#"{"hello":"alice"}"#)
    } else {
        refused
    }
}

async fn ahead_by(ahead: i64) -> Server {
    Server::start(move |asked| verify(asked, ahead).with("Date", date(now() + ahead))).await
}

/// An IMF-fixdate (RFC 9110 section 5.6.7), from days since the epoch.
fn date(unix: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (days, second) = (unix.div_euclid(86_400), unix.rem_euclid(86_400));
    let (mut year, mut day) = (1970, days);
    let length = |year: i64| 365 + i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    while day >= length(year) {
        day -= length(year);
        year += 1;
    }
    let mut month = 0;
    let february = length(year) - 337;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    let weekday = DAYS[usize::try_from(days.rem_euclid(7)).unwrap()];
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    let (month, day, second) = (MONTHS[month], day + 1, second % 60);
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

#[test]
fn the_date_of_the_standard() {
    assert_eq!(date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert!(Key::hmac(SECRET.as_bytes(), "HS256", None).is_ok());
}

#[tokio::test]
async fn a_right_clock_judges_ten_minutes() {
    let server = ahead_by(0).await;
    let run = run(&profile(&server.origin), &suite(BOUNDARIES)).await;
    assert_eq!(run.with("pass").len(), 4, "{}", run.told());
    assert!(run.noted("clock").is_empty());
}

#[tokio::test]
async fn a_clock_ten_minutes_off_is_said_and_what_is_near_it_is_not_judged() {
    for ahead in [600, -600] {
        let server = ahead_by(ahead).await;
        let near = run(&profile(&server.origin), &suite(BOUNDARIES)).await;
        near.assert_only(
            "inconclusive",
            &[
                "mine/time::expired-ten-minutes-ago",
                "mine/time::valid-for-ten-minutes",
            ],
        );
        near.assert_only(
            "pass",
            &[
                "mine/time::expired-a-day-ago",
                "mine/time::signed-by-a-stranger",
            ],
        );
        let why = near.why("mine/time::expired-ten-minutes-ago");
        assert!(why.contains("the target's clock is "), "{why}");
        let noted = near.noted("clock");
        assert_eq!(noted.len(), 1, "{}", near.told());

        // the bundled cases stay an hour off the boundary
        let far = run(&profile(&server.origin), &bundled(&["jwt/time::"])).await;
        far.assert_only("fail", &[]);
        for id in ["expired", "not-yet-valid", "no-expiry"] {
            let id = format!("jwt/time::{id}");
            assert_eq!(far.verdict(&id).word(), "pass", "{}", far.told());
        }
    }
}

/// Two hours of waiting, at a target that lets tokens live for one.
const LONG: &str = r#"
suite: mine/long
role: resource-server
cases:
  - id: first
    steps: [{ send: { to: protected } }, { wait: 45m }, { send: { to: protected }, expect: [{ outcome: accepted, basis: ours }] }]
    effects: [slow]
  - id: second
    steps: [{ send: { to: protected } }, { wait: 45m }, { send: { to: protected }, expect: [{ outcome: accepted, basis: ours }] }]
    effects: [slow]
  - id: third
    steps:
      - send: { to: protected, credential: { jwt: { sign-with: trusted } } }
        but: { credential: { jwt: { sign-with: stranger } } }
        expect: [{ outcome: not-accepted, basis: ours }]
    effects: [slow]
"#;

#[tokio::test]
async fn the_valid_token_is_had_again_before_it_expires() {
    let run = embedded(&suite(LONG)).await;
    run.assert_only(
        "pass",
        &["mine/long::first", "mine/long::second", "mine/long::third"],
    );
}
