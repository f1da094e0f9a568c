//! A browser without scripts that goes hop by hop: redirects, refreshes, forms that send themselves.
//!
//! It asks only the origins that the profile names and the provider that authspec plays. Any other address ends
//! the way there, unasked.

use url::Url;

use crate::model::{Header, Hop, Origin, Request, Response};
use crate::wire::form;

use super::act::{Context, Outgoing};
use super::form_body::set_form;
use super::page::{self, Page};

/// Hops of one walk.
pub(super) const MOST_HOPS: usize = 20;

/// Where the browser would go next after an answer.
pub(super) enum Onward {
    /// There, by itself.
    To(Box<Request>),
    /// To an address that is not asked.
    Away(Url),
    /// Nowhere: a page, or nothing.
    Here(Page),
}

/// Whose page makes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// The server's own, or the user by hand.
    Own,
    /// A stranger's: cookies that stay with their site are left at home.
    Another,
}

/// The origin of a page that wishes the user ill.
const STRANGER: &str = "https://attacker.example";

/// A request as a browser makes it: Accept, the actor's cookies, and at our provider who it is.
pub(super) fn as_browser(request: Request, context: &mut Context<'_>) -> Outgoing {
    as_browser_from(request, Site::Own, context)
}

/// The same from a page of this site.
pub(super) fn as_browser_from(
    mut request: Request,
    site: Site,
    context: &mut Context<'_>,
) -> Outgoing {
    if site == Site::Another {
        let own = ["origin", "referer"];
        let mine = |header: &Header| {
            own.iter()
                .any(|name| header.name.eq_ignore_ascii_case(name))
        };
        request.headers.retain(|header| !mine(header));
        request.headers.push(Header::new("Origin", STRANGER));
        request
            .headers
            .push(Header::new("Sec-Fetch-Site", "cross-site"));
        request
            .headers
            .push(Header::new("Sec-Fetch-Mode", "navigate"));
    }
    let actor = context.actor.to_owned();
    let now = context.now;
    if !request
        .headers
        .iter()
        .any(|header| header.name.eq_ignore_ascii_case("accept"))
    {
        request.headers.push(Header::new(
            "Accept",
            "text/html,application/xhtml+xml,*/*;q=0.8",
        ));
    }
    let path = request.path().to_owned();
    let strange = site == Site::Another;
    let field = context
        .jar(&actor)
        .field_from(strange, &request.origin, &path, now);
    if let Some(field) = field {
        request.headers.push(Header::new("Cookie", field));
    }
    let hop = if is_provider(&request, context) {
        Hop::BrowserToProvider
    } else {
        Hop::BrowserToTarget
    };
    Outgoing {
        request,
        hop,
        actor,
    }
}

/// Whether a request goes to the provider that authspec plays.
pub(super) fn is_provider(request: &Request, context: &Context<'_>) -> bool {
    let origin = request.origin.to_string();
    let facts = context.world.provider.as_ref();
    facts.is_some_and(|facts| {
        [&facts.issuer, &facts.evil]
            .into_iter()
            .any(|issuer| issuer.starts_with(&origin))
    })
}

/// Takes cookies in, and says where the browser goes by itself.
pub(super) fn after(sent: &Outgoing, answer: &Response, context: &mut Context<'_>) -> Onward {
    let request = &sent.request;
    let (path, now) = (request.path().to_owned(), context.now);
    let jar = context.jar(&sent.actor);
    jar.take(&request.origin, &path, answer, now);
    let values: Vec<String> = jar.values().map(str::to_owned).collect();
    for value in values {
        context.guard(&value, "cookie");
    }
    let Ok(base) = Url::parse(&request.url()) else {
        return Onward::Here(Page::default());
    };
    if (300..400).contains(&answer.status)
        && let Some(location) = answer.first("location")
        && let Ok(next) = base.join(&location)
    {
        let keeps = matches!(answer.status, 307 | 308);
        return go(&next, request, keeps, context);
    }
    let page = read_page(answer);
    if let Some(auto) = page
        .forms
        .iter()
        .find(|form| form.auto && page.forms.len() == 1)
        && let Ok(action) = base.join(&auto.action)
    {
        return submit(&action, &auto.method, &auto.filled(&[], None), context);
    }
    if let Some(refresh) = &page.refresh
        && let Ok(next) = base.join(refresh)
    {
        return go(&next, request, false, context);
    }
    Onward::Here(page)
}

fn go(next: &Url, from: &Request, keeps: bool, context: &Context<'_>) -> Onward {
    let Some(mut request) = ours(next, context) else {
        return Onward::Away(next.clone());
    };
    if keeps {
        request.method.clone_from(&from.method);
        request.body.clone_from(&from.body);
        request.headers.extend(
            from.headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case("content-type"))
                .cloned(),
        );
    }
    Onward::To(Box::new(request))
}

/// A form as its page sends it.
pub(super) fn submit(
    action: &Url,
    method: &str,
    pairs: &[(String, String)],
    context: &Context<'_>,
) -> Onward {
    let mut action = action.clone();
    if method != "POST" && !pairs.is_empty() {
        action.set_query(Some(&form::encode(pairs)));
    }
    let Some(mut request) = ours(&action, context) else {
        let mut with = action.clone();
        if method == "POST" {
            with.set_query(Some(&form::encode(pairs)));
        }
        return Onward::Away(with);
    };
    if method == "POST" {
        "POST".clone_into(&mut request.method);
        set_form(&mut request, pairs);
        request
            .headers
            .push(Header::new("Origin", request.origin.to_string()));
    }
    Onward::To(Box::new(request))
}

/// A request for an address, if a browser of ours may ask it.
pub(super) fn ours(url: &Url, context: &Context<'_>) -> Option<Request> {
    let origin = Origin::of(url).ok()?;
    let known = context.world.own_origins().contains(&origin.to_string());
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let request = Request::new("GET", origin, format!("{}{query}", url.path()));
    let named = || {
        context
            .world
            .endpoints
            .values()
            .any(|endpoint| endpoint.origin == request.origin)
    };
    (known || named() || is_provider(&request, context)).then_some(request)
}

/// The page of an answer, if it is one.
pub(super) fn read_page(answer: &Response) -> Page {
    let html = answer
        .media_type()
        .is_some_and(|kind| kind.contains("html"));
    if html {
        page::read(&String::from_utf8_lossy(answer.body.bytes()))
    } else {
        Page::default()
    }
}
