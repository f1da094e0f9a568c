//! A place in a file that a user wrote, ready to be shown.

/// Line, column and text of a place in a suite or profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `bundled:basic/credentials.yaml`.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The author's line, without its end.
    pub text: String,
    /// How many characters of `text` the place covers, from `column` on.
    pub width: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}
