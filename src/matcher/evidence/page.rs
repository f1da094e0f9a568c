//! What a browser does with a page by itself: refresh, post a form, load parts.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::place;
use crate::model::{Exchange, Response};

/// A page that a browser would show, parsed.
pub(crate) struct Page {
    html: Html,
    base: Url,
}

/// Whether the content is HTML: by its media type, or by its looks where it has none.
pub(crate) fn is_html(response: &Response) -> bool {
    match response.media_type().as_deref() {
        Some("text/html" | "application/xhtml+xml") => true,
        Some(_) => false,
        None => response.body.bytes().trim_ascii_start().starts_with(b"<"),
    }
}

/// What a page says: its text, whatever elements stand within, and each value of an attribute, such as that of a field.
/// None if it is no HTML.
pub(crate) fn texts(response: &Response) -> Option<Vec<String>> {
    if !is_html(response) {
        return None;
    }
    let html = Html::parse_document(&String::from_utf8_lossy(response.body.bytes()));
    let values = select(&html, "*")
        .into_iter()
        .flat_map(|element| element.value().attrs().map(|(_, value)| value.to_owned()));
    let text = html.root_element().text().collect();
    Some(std::iter::once(text).chain(values).collect())
}

impl Page {
    /// The page of an answer; none if it is a redirect or no HTML.
    pub(crate) fn of(exchange: &Exchange) -> Option<Self> {
        let response = exchange.answer.response()?;
        if place::redirects(response) || !is_html(response) {
            return None;
        }
        let html = Html::parse_document(&String::from_utf8_lossy(response.body.bytes()));
        let address = place::of(exchange)?;
        let base = select(&html, "base[href]")
            .first()
            .and_then(|base| address.join(base.attr("href")?).ok())
            .unwrap_or(address);
        Some(Self { html, base })
    }

    fn resolve(&self, reference: &str) -> Option<Url> {
        self.base.join(reference).ok()
    }

    /// Where a `<meta http-equiv=refresh>` leads.
    pub(crate) fn refreshes(&self) -> Vec<Url> {
        select(&self.html, "meta[http-equiv][content]")
            .into_iter()
            .filter(|meta| {
                meta.attr("http-equiv")
                    .is_some_and(|name| name.eq_ignore_ascii_case("refresh"))
            })
            .filter_map(|meta| self.resolve(refresh_address(meta.attr("content")?)?))
            .collect()
    }

    /// Where the page posts a form without the user: an `onload` or a script submits it, or it holds an
    /// authorization response (OAuth 2.0 Form Post Response Mode).
    pub(crate) fn posted_forms(&self) -> Vec<Url> {
        select(&self.html, "form")
            .into_iter()
            .filter(|form| self.is_posted(form))
            .filter_map(|form| self.resolve(form.attr("action").unwrap_or_default()))
            .collect()
    }

    fn is_posted(&self, form: &ElementRef<'_>) -> bool {
        let fields = select_in(form, "input, select, textarea");
        let silent = fields.iter().all(|field| {
            let kind = field.attr("type").unwrap_or("text").to_ascii_lowercase();
            field.value().name() == "input"
                && matches!(kind.as_str(), "hidden" | "submit" | "image" | "button")
        });
        let answers = fields.iter().any(|field| {
            field
                .attr("type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"))
                && field.attr("name").is_some_and(is_response_parameter)
        });
        silent && (answers || self.submits())
    }

    fn submits(&self) -> bool {
        let onload = select(&self.html, "[onload]").iter().any(|element| {
            element
                .attr("onload")
                .is_some_and(|code| code.contains("submit"))
        });
        let script = select(&self.html, "script")
            .iter()
            .any(|script| script.text().any(|code| code.contains("submit(")));
        onload || script
    }

    /// Everything that the page loads by itself, each with the element that does.
    pub(crate) fn loads(&self) -> Vec<(&'static str, Url)> {
        let mut found = Vec::new();
        for (element, selector, attribute) in LOADERS {
            for hit in select(&self.html, selector) {
                let reference = hit.attr(attribute).and_then(|text| self.resolve(text));
                found.extend(reference.map(|address| (*element, address)));
            }
        }
        for hit in select(&self.html, "img[srcset], source[srcset]") {
            for candidate in hit.attr("srcset").unwrap_or_default().split(", ") {
                let reference = candidate.split_whitespace().next();
                let address = reference.and_then(|text| self.resolve(text));
                found.extend(address.map(|address| ("image", address)));
            }
        }
        for reference in self.style_references() {
            found.extend(self.resolve(&reference).map(|address| ("style", address)));
        }
        found
    }

    fn style_references(&self) -> Vec<String> {
        let mut styles: Vec<String> = select(&self.html, "style")
            .iter()
            .map(|style| style.text().collect())
            .collect();
        styles.extend(
            select(&self.html, "[style]")
                .iter()
                .filter_map(|element| element.attr("style").map(str::to_owned)),
        );
        styles
            .iter()
            .flat_map(|style| references_of_style(style))
            .collect()
    }
}

/// Elements that load: what they are, how they are found, where their address stands.
const LOADERS: &[(&str, &str, &str)] = &[
    ("script", "script[src]", "src"),
    ("image", "img[src], input[type=image][src]", "src"),
    ("frame", "iframe[src], frame[src], embed[src]", "src"),
    ("object", "object[data]", "data"),
    (
        "media",
        "audio[src], video[src], source[src], track[src]",
        "src",
    ),
    ("image", "video[poster]", "poster"),
    ("image", "image[href], use[href]", "href"),
    (
        "style",
        "link[rel~=stylesheet i][href], link[rel~=preload i][href], link[rel~=modulepreload i][href]",
        "href",
    ),
    (
        "icon",
        "link[rel~=icon i][href], link[rel~=manifest i][href], link[rel~=apple-touch-icon i][href]",
        "href",
    ),
    (
        "prefetch",
        "link[rel~=prefetch i][href], link[rel~=prerender i][href]",
        "href",
    ),
];

fn is_response_parameter(name: &str) -> bool {
    matches!(
        name,
        "code" | "error" | "id_token" | "access_token" | "response"
    )
}

fn references_of_style(style: &str) -> Vec<String> {
    let mut found = Vec::new();
    for opening in ["url(", "@import \"", "@import '"] {
        for (at, _) in style.match_indices(opening) {
            let rest = style[at + opening.len()..].trim_start_matches([' ', '"', '\'']);
            let end = rest.find([')', '"', '\'', ';']).unwrap_or(rest.len());
            found.push(rest[..end].trim().to_owned());
        }
    }
    found
}

/// The address in `5; url=https://...`, as the Refresh field and the meta element write it (WHATWG HTML, shared
/// declarative refresh steps).
pub(crate) fn refresh_address(content: &str) -> Option<&str> {
    let rest = content
        .trim_start()
        .trim_start_matches(|one: char| one.is_ascii_digit() || one == '.');
    let rest = rest
        .trim_start()
        .trim_start_matches([';', ','])
        .trim_start();
    let named = rest
        .get(..3)
        .filter(|name| name.eq_ignore_ascii_case("url"));
    let rest = match named.and_then(|_| rest[3..].trim_start().strip_prefix('=')) {
        Some(rest) => rest.trim_start(),
        None => rest,
    };
    let quote = rest.chars().next().filter(|one| matches!(one, '"' | '\''));
    let rest = match quote {
        Some(quote) => rest[1..].split(quote).next()?,
        None => rest,
    };
    (!rest.is_empty()).then_some(rest)
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    match Selector::parse(selector) {
        Ok(selector) => html.select(&selector).collect(),
        Err(_) => Vec::new(),
    }
}

fn select_in<'a>(element: &ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    match Selector::parse(selector) {
        Ok(selector) => element.select(&selector).collect(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::sample;

    fn page(body: &str) -> Page {
        Page::of(&sample::exchange(
            200,
            &[("Content-Type", "text/html")],
            body,
        ))
        .unwrap()
    }

    fn texts(found: Vec<Url>) -> Vec<String> {
        found
            .into_iter()
            .map(|address| address.to_string())
            .collect()
    }

    #[test]
    fn every_selector_is_read() {
        for (_, selector, _) in LOADERS {
            assert!(Selector::parse(selector).is_ok(), "{selector}");
        }
    }

    #[test]
    fn a_refresh_is_read_as_browsers_read_it() {
        for (content, address) in [
            ("0;url=https://a.example/", Some("https://a.example/")),
            ("0; URL = 'https://a.example/'x", Some("https://a.example/")),
            ("5, \"//b.example\"", Some("//b.example")),
            ("0 /next", Some("/next")),
            ("300", None),
            ("", None),
        ] {
            assert_eq!(refresh_address(content), address, "{content}");
        }
    }

    #[test]
    fn a_form_is_posted_by_a_script_or_because_it_is_an_answer() {
        for (body, posted) in [
            (
                "<body onload='document.forms[0].submit()'><form action='//b.example/cb'><input type=hidden name=x></form>",
                true,
            ),
            (
                "<form action='//b.example/cb'><input type=hidden name=code></form><script src=/go.js></script>",
                true,
            ),
            (
                "<form action='//b.example/cb'><input name=user><input type=hidden name=csrf></form><script>f.submit()</script>",
                false,
            ),
            (
                "<form action='//b.example/cb'><button>Go</button></form>",
                false,
            ),
        ] {
            let found = texts(page(body).posted_forms());
            let expected: Vec<&str> = if posted {
                vec!["https://b.example/cb"]
            } else {
                vec![]
            };
            assert_eq!(found, expected, "{body}");
        }
    }

    #[test]
    fn what_a_page_loads_is_resolved_against_its_base() {
        let found = page(
            "<base href='https://b.example/x/'><script src=a.js></script><link rel='Stylesheet' href=/s.css>\
             <img srcset='one.png 1x, https://c.example/two.png 2x'><style>@import 'i.css'; p { background: url(\"p.png\") }</style>\
             <a href='https://d.example/'>no</a>",
        )
        .loads();
        let found: Vec<String> = found
            .into_iter()
            .map(|(what, address)| format!("{what} {address}"))
            .collect();
        assert_eq!(
            found,
            [
                "script https://b.example/x/a.js",
                "style https://b.example/s.css",
                "image https://b.example/x/one.png",
                "image https://c.example/two.png",
                "style https://b.example/x/p.png",
                "style https://b.example/x/i.css",
            ]
        );
    }
}
