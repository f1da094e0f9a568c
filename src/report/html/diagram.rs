//! A case's flow as a sequence diagram: who said what to whom, what is broken marked.
//!
//! It is drawn from redacted text: the first lines of messages, and where a redirect leads.

use std::fmt::Write as _;

use crate::model::{EvidenceExchange, Role};

use super::markup::text;
use crate::report::foreign::{clip, foreign};

/// Exchanges that are drawn.
const MOST: usize = 24;
/// Distances in user units: lanes, the first lane from the edge, a message, the top.
const LANE: usize = 230;
const EDGE: usize = 95;
const STEP: usize = 34;
const TOP: usize = 62;
/// Width of a character of a label.
const CHARACTER: f64 = 7.3;

/// The diagram, as inline SVG; nothing where nothing was exchanged.
pub(super) fn diagram(role: Role, exchanges: &[EvidenceExchange], broken: &[u32]) -> String {
    if exchanges.is_empty() {
        return String::new();
    }
    let shown = around(exchanges, broken);
    let lanes = lanes(role, shown);
    let width = EDGE * 2 + LANE * (lanes.len().saturating_sub(1));
    let height = TOP + STEP * 2 * shown.len() + 24;
    let mut svg = format!(
        "<div class=\"flow\" tabindex=\"0\" role=\"group\" aria-label=\"Sequence diagram\"><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">\n",
        text(&summary(role, shown, broken))
    );
    for (at, name) in lanes.iter().enumerate() {
        let x = EDGE + LANE * at;
        let _ = writeln!(
            svg,
            "<line class=\"lane\" x1=\"{x}\" y1=\"40\" x2=\"{x}\" y2=\"{}\"/><rect class=\"box\" x=\"{}\" y=\"12\" width=\"164\" height=\"28\" rx=\"5\"/><text class=\"who\" x=\"{x}\" y=\"31\" text-anchor=\"middle\">{}</text>",
            height - 8,
            x - 82,
            text(&clip(&foreign(name), 22, "…"))
        );
    }
    for (at, exchange) in shown.iter().enumerate() {
        let (from, to) = ends(role, exchange);
        let place = |name: &str| lanes.iter().position(|lane| lane == name).unwrap_or(0);
        let bad = broken.contains(&exchange.seq);
        let y = TOP + STEP * 2 * at + 16;
        message(
            &mut svg,
            &request(exchange),
            place(&from),
            place(&to),
            y,
            "says",
            bad,
        );
        message(
            &mut svg,
            &answer(exchange),
            place(&to),
            place(&from),
            y + STEP,
            "answers",
            bad,
        );
    }
    svg.push_str("</svg></div>\n");
    if shown.len() < exchanges.len() {
        let _ = writeln!(
            svg,
            "<p>{} of {} exchanges are drawn.</p>",
            shown.len(),
            exchanges.len()
        );
    }
    svg
}

/// As many as are drawn, among them the first that is broken.
fn around<'a>(exchanges: &'a [EvidenceExchange], broken: &[u32]) -> &'a [EvidenceExchange] {
    let first = exchanges.iter().position(|one| broken.contains(&one.seq));
    let end = first
        .map_or(exchanges.len(), |at| at + 1)
        .max(MOST)
        .min(exchanges.len());
    &exchanges[end.saturating_sub(MOST)..end]
}

fn message(
    svg: &mut String,
    label: &str,
    from: usize,
    to: usize,
    y: usize,
    class: &str,
    bad: bool,
) {
    let (start, end) = (EDGE + LANE * from, EDGE + LANE * to);
    let (tip, back) = if end >= start {
        (end - 2, end.saturating_sub(10))
    } else {
        (end + 2, end + 10)
    };
    let room = (start.abs_diff(end).max(LANE) as f64 / CHARACTER) as usize;
    let mark = if bad { "✗ " } else { "" };
    let label = clip(&foreign(label), room.saturating_sub(4), "…");
    let middle = start.midpoint(end);
    let group = if bad { "bad" } else { "good" };
    let _ = writeln!(
        svg,
        "<g class=\"{group}\"><line class=\"{class}\" x1=\"{start}\" y1=\"{y}\" x2=\"{tip}\" y2=\"{y}\"/><path class=\"tip\" d=\"M{tip} {y} L{back} {} L{back} {} Z\"/><text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{mark}{}</text></g>",
        y - 5,
        y + 5,
        y - 6,
        text(&label)
    );
}

fn lanes(role: Role, exchanges: &[EvidenceExchange]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for exchange in exchanges {
        let (from, to) = ends(role, exchange);
        for one in [from, to] {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    // those who ask stand left of those who are asked
    found.sort_by_key(|name| rank(name, role));
    found
}

fn rank(name: &str, role: Role) -> u8 {
    match name {
        "authspec" => 0,
        _ if name.starts_with("browser") => 1,
        _ if name == target(role) => 2,
        _ if name.starts_with("provider") => 3,
        _ => 4,
    }
}

/// Who asks and who is asked.
fn ends(role: Role, exchange: &EvidenceExchange) -> (String, String) {
    let (from, to) = exchange
        .hop
        .split_once(" -> ")
        .unwrap_or((exchange.hop, ""));
    let named = |name: &str| match name {
        "target" => target(role).to_owned(),
        "browser" if !exchange.actor.is_empty() => format!("browser of {}", exchange.actor),
        "provider" if is_evil(exchange) => "provider (evil)".to_owned(),
        other => other.to_owned(),
    };
    (named(from), named(to))
}

/// Whether the second provider was asked, which lies: by its name, or by its address where a browser asks.
fn is_evil(exchange: &EvidenceExchange) -> bool {
    exchange.actor == "evil" || request(exchange).contains("/evil/")
}

/// What the target is.
pub(super) const fn target(role: Role) -> &'static str {
    match role {
        Role::ResourceServer => "API",
        Role::AuthorizationServer => "authorization server",
        Role::Client => "client",
    }
}

/// Method and request target.
fn request(exchange: &EvidenceExchange) -> String {
    let line = exchange.request.as_str().lines().next().unwrap_or_default();
    without_query(line.trim_end_matches(" HTTP/1.1"))
}

/// Status, and where a redirect leads; the silence in words.
fn answer(exchange: &EvidenceExchange) -> String {
    let mut lines = exchange.answer.as_str().lines();
    let first = lines.next().unwrap_or_default();
    let Some(status) = first.strip_prefix("HTTP/1.1 ") else {
        return first.to_owned();
    };
    let location = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim())
    });
    match location {
        Some(to) => format!("{status} to {}", without_query(to)),
        None => status.to_owned(),
    }
}

/// Parameters are long, and stand in the exchange below.
fn without_query(text: &str) -> String {
    match text.split_once('?') {
        Some((path, _)) => format!("{path}?…"),
        None => text.to_owned(),
    }
}

/// The diagram in words, for those who hear it.
fn summary(role: Role, exchanges: &[EvidenceExchange], broken: &[u32]) -> String {
    let said = exchanges.iter().map(|exchange| {
        let (from, to) = ends(role, exchange);
        let mark = if broken.contains(&exchange.seq) {
            " (this is what is wrong)"
        } else {
            ""
        };
        format!(
            "{from} asks {to}: {}; answer: {}{mark}",
            request(exchange),
            answer(exchange)
        )
    });
    said.collect::<Vec<_>>().join(". ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::exchange;

    #[test]
    fn lanes_stand_in_the_order_of_asking_and_the_broken_message_is_marked() {
        let mut login = exchange(
            0,
            "HTTP/1.1 302\r\nLocation: http://127.0.0.1/authorize\r\n\r\n",
        );
        (login.hop, login.actor) = ("browser -> target", "alice".to_owned());
        let mut token = exchange(1, "silence: the connection was closed");
        token.hop = "target -> provider";
        let svg = diagram(Role::Client, &[token, login], &[1]);
        let names: Vec<usize> = [">browser of alice<", ">client<", ">provider<"]
            .map(|name| svg.find(name).unwrap())
            .into();
        assert!(names.is_sorted(), "{svg}");
        assert!(svg.contains("302 to http://127.0.0.1/authorize"), "{svg}");
        assert_eq!(
            svg.matches("class=\"bad\"").count(),
            2,
            "request and answer of one exchange"
        );
        assert!(svg.contains("✗ silence: the connection"), "{svg}");
    }

    #[test]
    fn browser_and_client_ask_one_provider_and_the_evil_one_is_another() {
        let ask = |hop, actor: &str, line: &str| {
            let mut one = exchange(0, "HTTP/1.1 200\r\n\r\n");
            (one.hop, one.actor) = (hop, actor.to_owned());
            one.request = crate::model::Vault::default().redact(line);
            one
        };
        let flow = [
            ask(
                "browser -> provider",
                "alice",
                "GET /s/honest/authorize?a=b HTTP/1.1",
            ),
            ask(
                "target -> provider",
                "honest",
                "POST /s/honest/token HTTP/1.1",
            ),
            ask(
                "browser -> provider",
                "alice",
                "GET /s/evil/authorize HTTP/1.1",
            ),
            ask("target -> provider", "evil", "POST /s/evil/token HTTP/1.1"),
        ];
        let lanes = lanes(Role::Client, &flow);
        assert_eq!(
            lanes,
            ["browser of alice", "client", "provider", "provider (evil)"]
        );
        assert!(diagram(Role::Client, &flow, &[]).contains("GET /s/honest/authorize?…<"));
    }

    #[test]
    fn of_a_long_flow_the_part_is_drawn_that_ends_at_what_is_broken() {
        let long: Vec<_> = (0..60)
            .map(|seq| exchange(seq, "HTTP/1.1 200\r\n\r\n"))
            .collect();
        let shown = around(&long, &[40]);
        assert_eq!((shown.len(), shown[MOST - 1].seq), (MOST, 40));
        assert_eq!(around(&long, &[2]).len(), MOST);
        assert_eq!(around(&long[..3], &[]).len(), 3);
    }
}
