//! What stands in the documents: fenced blocks with the comments above them, and commands inside of prose.

use std::path::{Path, PathBuf};

/// A document.
pub(crate) struct Document {
    /// From the root of the project.
    pub(crate) name: String,
    pub(crate) blocks: Vec<Block>,
    /// Line and text of commands of ours between backticks.
    pub(crate) inline: Vec<(usize, String)>,
}

/// A fenced block.
pub(crate) struct Block {
    /// Where it begins.
    pub(crate) line: usize,
    pub(crate) lang: String,
    pub(crate) text: String,
    /// What comments right above it say.
    comments: Vec<String>,
}

impl Block {
    pub(crate) fn is_shell(&self) -> bool {
        matches!(self.lang.as_str(), "console" | "sh")
    }

    /// What `<!-- word: ... -->` above the block says.
    pub(crate) fn comment(&self, word: &str) -> Option<&str> {
        let mut all = self.comments.iter();
        all.find_map(|one| one.strip_prefix(word)?.strip_prefix(": "))
    }

    /// Commands, each with the output that is shown below it.
    pub(crate) fn commands(&self) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        let mut open = false;
        for line in self.text.lines() {
            let command = match self.lang.as_str() {
                "console" => line.strip_prefix("$ "),
                _ => (!line.trim().is_empty() && !line.starts_with('#')).then_some(line),
            };
            let (text, goes_on) = match line.strip_suffix('\\') {
                Some(text) => (text, true),
                None => (line, false),
            };
            match (all.last_mut(), open, command) {
                (Some((last, _)), true, _) => last.push_str(text.trim_start()),
                (_, _, Some(command)) => {
                    let command = command.strip_suffix('\\').unwrap_or(command);
                    all.push((command.to_owned(), Vec::new()));
                }
                (Some((_, shown)), _, None) if !line.trim().is_empty() => {
                    shown.push(line.to_owned());
                }
                _ => {}
            }
            open = goes_on;
        }
        all
    }
}

/// README.md, docs/*.md and the READMEs of the examples.
pub(crate) fn documents() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md")];
    find(&root.join("docs"), &mut paths, &|path| {
        path.extension().is_some_and(|end| end == "md")
            && !path.starts_with(root.join("docs/decisions"))
    });
    find(&root.join("examples"), &mut paths, &|path| {
        path.ends_with("README.md")
    });
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        document(name, &text)
    };
    paths.into_iter().map(read).collect()
}

/// Name and text of the YAML files that the examples hold.
pub(crate) fn yaml_of_examples() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    find(&root.join("examples"), &mut paths, &|path| {
        path.extension().is_some_and(|end| end == "yaml")
    });
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        (name, std::fs::read_to_string(&path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

fn find(folder: &Path, found: &mut Vec<PathBuf>, wanted: &dyn Fn(&Path) -> bool) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let hidden = path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.starts_with('.') || name == "target"
        });
        if path.is_dir() && !hidden {
            find(&path, found, wanted);
        } else if wanted(&path) {
            found.push(path);
        }
    }
}

fn document(name: String, text: &str) -> Document {
    let mut document = Document {
        name,
        blocks: Vec::new(),
        inline: Vec::new(),
    };
    let mut comments = Vec::new();
    let mut open: Option<Block> = None;
    let mut prose = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (Some(_), Some("")) => document.blocks.extend(open.take()),
            (Some(block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(lang)) => {
                inline(&mut document, number, &std::mem::take(&mut prose));
                open = Some(Block {
                    line: number,
                    lang: lang.trim().to_owned(),
                    text: String::new(),
                    comments: std::mem::take(&mut comments),
                });
            }
            (None, None) => {
                let comment = line
                    .strip_prefix("<!-- ")
                    .and_then(|one| one.strip_suffix(" -->"));
                match comment {
                    Some(comment) => comments.push(comment.to_owned()),
                    None if line.trim().is_empty() => {
                        inline(&mut document, number, &std::mem::take(&mut prose));
                    }
                    None => {
                        comments.clear();
                        prose.push_str(line);
                        prose.push(' ');
                    }
                }
            }
        }
    }
    assert!(open.is_none(), "{}: a block without an end", document.name);
    inline(&mut document, 0, &prose);
    document
}

/// Commands of ours between backticks of a paragraph that ends before this line.
fn inline(document: &mut Document, line: usize, paragraph: &str) {
    // in a table a bar inside of code is escaped
    let paragraph = paragraph.replace("\\|", "|");
    for code in paragraph.split('`').skip(1).step_by(2) {
        if code.starts_with("authspec ") {
            document.inline.push((line, code.to_owned()));
        }
    }
}
