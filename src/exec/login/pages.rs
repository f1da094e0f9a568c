//! `logout` and `open`: moves in a browser, and who is logged in afterwards.

use crate::matcher::Identity;
use crate::model::{Answer, Header, Response};
use crate::suite::profile::Move;

use super::super::act::{Act, Context, End, Go, Outgoing};
use super::super::browse::{MOST_HOPS, Onward, after, as_browser, is_provider};
use super::super::outcome;
use super::identity::{identity, who_request};
use super::{kept, recipe};

/// `logout` and `open`: moves in a browser, and who is logged in afterwards.
pub(in crate::exec) struct Pages {
    moves: Vec<Move>,
    logout: bool,
    hops: usize,
    sent: Option<Outgoing>,
    looking: bool,
    shown: Option<Answer>,
    cookies: Option<String>,
}

impl Pages {
    /// `logout: true` holds if nobody is logged in at the end.
    pub(in crate::exec) fn new(moves: Vec<Move>, logout: bool) -> Self {
        Self {
            moves,
            logout,
            hops: 0,
            sent: None,
            looking: false,
            shown: None,
            cookies: None,
        }
    }

    /// Where the browser goes by itself, or by the next move of the recipe.
    fn onward(
        &mut self,
        sent: &Outgoing,
        response: &Response,
        context: &mut Context<'_>,
    ) -> Result<Option<Onward>, String> {
        match after(sent, response, context) {
            Onward::Here(page) => recipe::next(&mut self.moves, &page, sent, response, context),
            onward => Ok(Some(onward)),
        }
    }

    /// With the cookies written in another way that means the same.
    pub(in crate::exec) fn writing_cookies(self, how: Option<String>) -> Self {
        Self {
            cookies: how,
            ..self
        }
    }

    fn rewritten(&self, mut outgoing: Outgoing) -> Outgoing {
        if let Some(how) = &self.cookies {
            rewrite_cookies(&mut outgoing.request.headers, how);
        }
        outgoing
    }
}

/// A cookie of somebody else on the same host.
const STRANGE: &str = "theme=dark";

/// Writes the Cookie field anew: a request may have several, in any order (RFC 6265bis sections 4.2.1 and 4.2.2).
fn rewrite_cookies(headers: &mut Vec<Header>, how: &str) {
    let at = headers
        .iter()
        .position(|header| header.name.eq_ignore_ascii_case("cookie"));
    let Some(at) = at else { return };
    let field = String::from_utf8_lossy(&headers[at].value).into_owned();
    let mut pairs: Vec<&str> = vec![STRANGE];
    pairs.extend(field.split("; "));
    let fields: Vec<String> = match how {
        "apart" => pairs.into_iter().map(str::to_owned).collect(),
        _ => vec![pairs.join("; ")],
    };
    let fields = fields.into_iter().map(|field| Header::new("Cookie", field));
    headers.splice(at..=at, fields);
}

impl Act for Pages {
    fn go(&mut self, context: &mut Context<'_>, answers: &[Answer]) -> Go {
        let Some(answer) = answers.first() else {
            let Some(Move::Open(endpoint)) = self.moves.first().cloned() else {
                return End::trouble("the profile does not say which page to ask");
            };
            self.moves.remove(0);
            let request = match kept::request(&endpoint, context) {
                Ok(request) => request,
                Err(why) => return End::trouble(why),
            };
            let outgoing = self.rewritten(as_browser(request, context));
            self.sent = Some(outgoing.clone());
            return Go::Send(vec![outgoing]);
        };
        if self.looking {
            let who = identity(answer, context);
            let held = !self.logout || who == Identity::Nobody;
            let missed = (!held).then(|| "somebody is still logged in".to_owned());
            let outcome = self.shown.as_ref().map(outcome::of_plain);
            return Go::End(Box::new(End {
                outcome,
                missed,
                who: Some((context.actor.to_owned(), who)),
                ..End::default()
            }));
        }
        self.shown = Some(answer.clone());
        self.hops += 1;
        if let (Some(response), Some(sent)) = (answer.response().cloned(), self.sent.clone())
            && self.hops < MOST_HOPS
        {
            match self.onward(&sent, &response, context) {
                Ok(Some(Onward::To(request))) if !is_provider(&request, context) => {
                    let outgoing = self.rewritten(as_browser(*request, context));
                    self.sent = Some(outgoing.clone());
                    return Go::Send(vec![outgoing]);
                }
                Ok(_) => {}
                Err(why) => return End::trouble(why),
            }
        }
        self.looking = true;
        match who_request(context) {
            Ok(outgoing) => Go::Send(vec![self.rewritten(outgoing)]),
            Err(why) => End::trouble(why),
        }
    }
}
