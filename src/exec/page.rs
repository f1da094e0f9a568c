//! What a browser without scripts sees in a page: forms, links, the refresh.

use scraper::{ElementRef, Html, Selector};

/// A form of a page, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Upper case.
    pub method: String,
    /// Where it goes, as written; empty means the page itself.
    pub action: String,
    /// Fields with their values, buttons aside.
    pub fields: Vec<Field>,
    /// Buttons that send it.
    pub buttons: Vec<Button>,
    /// It sends itself: the page's own script or `onload` submits, and it has no visible field.
    pub auto: bool,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name.
    pub name: String,
    /// Its type: `hidden`, `text`, `password` ...
    pub kind: String,
    /// Its value.
    pub value: String,
}

/// A button of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Button {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its value.
    pub value: String,
    /// Its text.
    pub text: String,
}

/// What is done on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// Its forms.
    pub forms: Vec<Form>,
    /// Its links: what they say, and where they lead.
    pub links: Vec<(String, String)>,
    /// The target of a `meta refresh`.
    pub refresh: Option<String>,
    /// Its title or first heading.
    pub title: String,
    /// As it came.
    html: String,
}

/// Reads a page.
pub(super) fn read(html: &str) -> Page {
    let document = Html::parse_document(html);
    Page {
        forms: forms(&document),
        links: links(&document),
        refresh: refresh(&document),
        title: title(&document),
        html: html.to_owned(),
    }
}

impl Page {
    /// The link that says no, as a form without fields.
    pub(super) fn refusing_link(&self) -> Option<Form> {
        let (_, address) = self.links.iter().find(|(text, _)| refuses(text))?;
        Some(Form {
            method: "GET".to_owned(),
            action: address.clone(),
            fields: Vec::new(),
            buttons: Vec::new(),
            auto: false,
        })
    }

    /// The forms that a selector finds: itself, or what is inside.
    pub(super) fn forms_at(&self, selector: &str) -> Vec<&Form> {
        let document = Html::parse_document(&self.html);
        let found = all(&document, selector);
        let found: Vec<_> = found.iter().map(|element| element.id()).collect();
        all(&document, "form")
            .into_iter()
            .zip(&self.forms)
            .filter(|(element, _)| element.descendants().any(|node| found.contains(&node.id())))
            .map(|(_, form)| form)
            .collect()
    }
}

fn all<'a>(document: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector)
        .map(|selector| document.select(&selector).collect())
        .unwrap_or_default()
}

fn inside<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector)
        .map(|selector| element.select(&selector).collect())
        .unwrap_or_default()
}

fn links(document: &Html) -> Vec<(String, String)> {
    let all = all(document, "a[href]").into_iter();
    all.filter_map(|link| {
        let address = link.value().attr("href")?.to_owned();
        Some((link.text().collect::<String>().trim().to_owned(), address))
    })
    .collect()
}

/// Whether one of the words says no.
fn refuses(text: &str) -> bool {
    const NO: &[&str] = &[
        "deny", "denied", "reject", "refuse", "decline", "cancel", "disallow", "disagree", "abort",
        "don't", "don’t", "not", "no",
    ];
    let text = text.to_lowercase();
    let mut words = text.split(|sign: char| !sign.is_alphanumeric() && !"'’".contains(sign));
    words.any(|word| NO.contains(&word))
}

fn forms(document: &Html) -> Vec<Form> {
    // most pages have scripts, and the one form of many logs out: only what says that it submits does
    let submits = |text: &str| text.contains("submit(");
    let scripted = all(document, "script")
        .iter()
        .any(|script| submits(&script.text().collect::<String>()))
        || all(document, "body[onload]")
            .iter()
            .any(|body| body.value().attr("onload").is_some_and(submits));
    all(document, "form")
        .into_iter()
        .map(|form| one_form(document, form, scripted))
        .collect()
}

fn one_form(document: &Html, form: ElementRef<'_>, scripted: bool) -> Form {
    let attribute =
        |element: ElementRef<'_>, name: &str| element.value().attr(name).map(str::to_owned);
    let mut fields = Vec::new();
    let mut buttons = Vec::new();
    for element in owned(document, form) {
        let kind = match element.value().name() {
            "input" => attribute(element, "type")
                .unwrap_or_else(|| "text".to_owned())
                .to_ascii_lowercase(),
            "button" => attribute(element, "type")
                .unwrap_or_else(|| "submit".to_owned())
                .to_ascii_lowercase(),
            other => other.to_owned(),
        };
        if kind == "submit" || kind == "image" {
            buttons.push(Button {
                name: attribute(element, "name"),
                value: attribute(element, "value").unwrap_or_default(),
                text: element.text().collect::<String>().trim().to_owned(),
            });
            continue;
        }
        let Some(name) = attribute(element, "name") else {
            continue;
        };
        let unchecked = matches!(kind.as_str(), "checkbox" | "radio")
            && element.value().attr("checked").is_none();
        if unchecked
            || kind == "button"
            || kind == "reset"
            || element.value().attr("disabled").is_some()
        {
            continue;
        }
        let value = match kind.as_str() {
            "select" => selected(element),
            "textarea" => element.text().collect(),
            "checkbox" => attribute(element, "value").unwrap_or_else(|| "on".to_owned()),
            _ => attribute(element, "value").unwrap_or_default(),
        };
        fields.push(Field { name, kind, value });
    }
    let visible = fields.iter().any(|field| field.kind != "hidden");
    Form {
        method: attribute(form, "method")
            .unwrap_or_else(|| "GET".to_owned())
            .to_ascii_uppercase(),
        action: attribute(form, "action").unwrap_or_default(),
        auto: scripted && !visible,
        fields,
        buttons,
    }
}

/// The controls of a form: inside it, unless they name another, and those elsewhere that name it (HTML, form owner).
fn owned<'a>(document: &'a Html, form: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    let id = form.value().attr("id");
    let is_own = |element: &ElementRef<'_>| match element.value().attr("form") {
        Some(named) => id == Some(named),
        None => element.ancestors().any(|node| node.id() == form.id()),
    };
    let mut controls = all(document, "input, select, textarea, button");
    controls.retain(is_own);
    controls
}

fn selected(select: ElementRef<'_>) -> String {
    let options = inside(select, "option");
    let chosen = options
        .iter()
        .find(|option| option.value().attr("selected").is_some())
        .or(options.first());
    chosen
        .map(|option| {
            option
                .value()
                .attr("value")
                .map_or_else(|| option.text().collect(), str::to_owned)
        })
        .unwrap_or_default()
}

fn refresh(document: &Html) -> Option<String> {
    let meta = all(document, "meta[http-equiv]");
    let meta = meta.iter().find(|meta| {
        meta.value()
            .attr("http-equiv")
            .is_some_and(|name| name.eq_ignore_ascii_case("refresh"))
    })?;
    let content = meta.value().attr("content")?;
    let (delay, url) = content.split_once(['='])?;
    let seconds: String = delay
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    // a later one ends a session that nobody uses
    let soon = seconds.parse().is_ok_and(|seconds: u32| seconds <= 10);
    if !soon {
        return None;
    }
    Some(url.trim().trim_matches(['\'', '"']).to_owned())
}

fn title(document: &Html) -> String {
    let found = all(document, "title")
        .into_iter()
        .chain(all(document, "h1"))
        .next();
    found
        .map(|element| element.text().collect::<String>().trim().to_owned())
        .unwrap_or_default()
}

/// What the first element that a selector finds holds for scripts: a `meta` or a hidden field.
pub(super) fn value(html: &str, selector: &str) -> Option<String> {
    let document = Html::parse_document(html);
    let element = *all(&document, selector).first()?;
    let attribute = |name| element.value().attr(name).map(str::to_owned);
    attribute("content").or_else(|| attribute("value"))
}

/// The address of the first element that a selector finds.
pub(super) fn link(html: &str, selector: &str) -> Option<String> {
    let document = Html::parse_document(html);
    let element = *all(&document, selector).first()?;
    element
        .value()
        .attr("href")
        .or_else(|| element.value().attr("action"))
        .map(str::to_owned)
}

impl Form {
    /// Whether it has all these fields.
    pub(super) fn has(&self, names: &[String]) -> bool {
        names
            .iter()
            .all(|name| self.fields.iter().any(|field| field.name == *name))
    }

    /// The password field of a login form.
    pub(super) fn password_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == "password")
    }

    /// The user-name field of a login form: the last text field before the password.
    pub(super) fn name_field(&self) -> Option<&Field> {
        let password = self
            .fields
            .iter()
            .position(|field| field.kind == "password")?;
        self.fields[..password]
            .iter()
            .rev()
            .find(|field| matches!(field.kind.as_str(), "text" | "email" | "tel"))
    }

    /// The button that is meant, by name, value or text.
    pub(super) fn button(&self, wanted: &str) -> Option<&Button> {
        self.buttons.iter().find(|button| {
            button.name.as_deref() == Some(wanted)
                || button.value.eq_ignore_ascii_case(wanted)
                || button.text.eq_ignore_ascii_case(wanted)
        })
    }

    /// The button that says yes, where nothing says which it is: one whose words agree, else the first.
    pub(super) fn agreeing_button(&self) -> Option<&Button> {
        const YES: &[&str] = &[
            "allow",
            "accept",
            "approve",
            "authorize",
            "authorise",
            "agree",
            "consent",
            "continue",
            "confirm",
            "yes",
            "grant",
        ];
        const NO: &[&str] = &["not", "n't", "n’t", "disallow", "disagree", "unauthori"];
        let words = |button: &Button| {
            let name = button.name.as_deref().unwrap_or_default();
            [name, &button.value, &button.text].map(str::to_ascii_lowercase)
        };
        let says = |button: &&Button, word: &str| {
            let words = words(button);
            let denies = |text: &String| NO.iter().any(|no| text.contains(no));
            words.iter().any(|text| text.contains(word)) && !words.iter().any(denies)
        };
        YES.iter()
            .find_map(|word| self.buttons.iter().find(|button| says(button, word)))
            .or(self.buttons.first())
    }

    /// The button that says no.
    pub(super) fn refusing_button(&self) -> Option<&Button> {
        let says = |button: &&Button| {
            let name = button.name.as_deref().unwrap_or_default();
            [name, &button.value, &button.text].into_iter().any(refuses)
        };
        self.buttons.iter().find(says)
    }

    /// What is sent: fields with these values put in, and the pressed button.
    pub(super) fn filled(
        &self,
        values: &[(String, String)],
        pressed: Option<&Button>,
    ) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = self
            .fields
            .iter()
            .map(|field| {
                let given = values.iter().find(|(name, _)| *name == field.name);
                (
                    field.name.clone(),
                    given.map_or_else(|| field.value.clone(), |(_, value)| value.clone()),
                )
            })
            .collect();
        for (name, value) in values {
            if !pairs.iter().any(|(known, _)| known == name) {
                pairs.push((name.clone(), value.clone()));
            }
        }
        if let Some(Button {
            name: Some(name),
            value,
            ..
        }) = pressed
        {
            pairs.push((name.clone(), value.clone()));
        }
        pairs
    }
}

#[cfg(test)]
mod tests;
