use super::*;
use crate::model::recorded::{Came, Content, Kept};
use crate::model::{Answer, Header, Hop, Origin, Request, Response, Secret};

const SECRET: &str = "c@nary/&<\"> 4711";

fn vault() -> Vault {
    let mut vault = Vault::default();
    vault.add(&Secret::new(SECRET, "password of alice"));
    vault
}

fn said(target: &str, fields: &[(&str, &str)], body: &str) -> Exchange {
    let origin = Origin {
        scheme: "http".to_owned(),
        host: "api.example".to_owned(),
        port: 80,
    };
    let fields = fields.iter();
    let headers: Vec<Header> = fields
        .map(|(name, value)| Header::new(*name, *value))
        .collect();
    let mut request = Request::new("POST", origin, target);
    request.headers.clone_from(&headers);
    request.body = body.as_bytes().to_vec();
    Exchange {
        seq: 0,
        hop: Hop::HarnessToTarget,
        actor: "alice".to_owned(),
        step: 0,
        request,
        answer: Answer::Response(Response::new(200, headers, body)),
        at: Moment::default(),
        took: std::time::Duration::ZERO,
    }
}

fn kept(target: &str, fields: &[(&str, &str)], body: &str) -> Kept {
    exchange::kept(&said(target, fields, body), &vault())
}

fn content(body: &str) -> Content {
    match kept("/", &[], body).came {
        Came::Response(_, _, _, content) => content,
        Came::Silence(..) => panic!("it was answered"),
    }
}

#[test]
fn each_part_says_whether_it_lost_something() {
    let coded = "c%40nary%2F%26%3C%22%3E%204711";
    let target = format!("/a?x=1&y={coded}");
    let one = kept(&target, &[("X-A", "plain"), ("X-B", SECRET)], "plain");
    assert!(!one.asked.path.taken && one.asked.query.taken && one.asked.same_query);
    assert_eq!(one.asked.query.text, "?x=1&y=«password of alice»");
    let lost: Vec<bool> = one
        .asked
        .fields
        .iter()
        .map(|(_, value)| value.taken)
        .collect();
    assert_eq!(lost, [false, true]);
    assert!(!one.asked.content.part.taken);
    assert!(!serde_json::to_string(&one).unwrap().contains("nary"));
}

#[test]
fn json_is_the_same_only_where_texts_alone_were_touched() {
    let quoted = serde_json::to_string(SECRET).unwrap();
    for (body, taken, same) in [
        (r#"{"a":1}"#.to_owned(), false, false),
        (format!(r#"{{"a":1,"b":[{quoted}]}}"#), true, true),
        (format!(r#"{{"a":1,{quoted}:2}}"#), true, false),
        (format!(r#"{{"a":1,"a":{quoted}}}"#), true, false),
        (format!("<p>{SECRET}"), true, false),
        // a mark of somebody else is taken for one of ours
        (r#"{"a":"«code»"}"#.to_owned(), true, true),
    ] {
        let content = content(&body);
        assert_eq!(
            (content.part.taken, content.same_json),
            (taken, same),
            "{body}"
        );
    }
    let long = content(&"x".repeat(70_000));
    assert!(long.part.taken && long.part.text.ends_with("bytes more»"));
}

/// Of a secret that stands where content is cut off nothing is left: half of it would be known to nobody.
#[test]
fn no_secret_is_cut_in_two_where_others_shrank() {
    // what stands before it is long, and short once it is redacted, so that more is shown than was looked at
    let long = "z".repeat(10 * 1024);
    let mut vault = vault();
    vault.add(&Secret::new(long.as_str(), "long secret"));
    for most in [8 * 1024, 64 * 1024] {
        let further = most + 16 * 1024;
        let before = format!("{} ", long).repeat(further / (long.len() + 1));
        let filled = format!("{before}{}", "x".repeat(further - before.len() - 4));
        let body = format!("{filled}{SECRET}{}", "y".repeat(400));
        let shown = redact::beginning(body.as_bytes(), most, &vault);
        assert!(!shown.contains(&SECRET[..4]), "{most}: {}", shown.len());
    }
}

#[test]
fn no_secret_is_cut_in_two() {
    for most in [8 * 1024, 64 * 1024] {
        for inside in 1..SECRET.len() {
            let body = format!("{}{SECRET}{}", "x".repeat(most - inside), "y".repeat(400));
            let begun = format!("x{}", &SECRET[..1]);
            let kept = content(&body);
            assert!(!kept.part.text.contains(&begun), "{most} {inside}");
            let shown = redact::exchange(&said("/", &[], &body), &vault());
            assert!(!shown.answer.as_str().contains(&begun), "{most} {inside}");
        }
    }
}

#[test]
fn what_stands_in_no_exchange_is_redacted_too() {
    let near = Vault::default();
    let mut whole = vault();
    whole.add(&Secret::new("hunter2", "client secret"));
    let veil = Veil {
        whole: &whole,
        near: &near,
        beside: vault(),
    };
    // a short one is no needle, and still no value to be kept
    assert_eq!(veil.value(&Value::from("hunter2")), "«client secret»");
    assert!(veil.knows(&Value::from("hunter2")));
    let value = serde_json::json!({ "code": SECRET, "list": [SECRET, 4711], "short": "a" });
    let shown = veil.value(&value);
    assert_eq!(shown["code"], "«password of alice»");
    assert_eq!(shown["list"][1], 4711);
    assert!(!shown.to_string().contains("nary"));
}
