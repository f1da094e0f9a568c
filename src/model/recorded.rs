//! What a run keeps of a case so that it can be judged once more without the target (`--record`).
//!
//! Every part is redacted by itself and says whether something was taken out of it: who judges it again must know what
//! is no longer there to be seen. It is written for authspec alone, so that its form may change with [`Recorded::FORM`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A text that may have lost something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What is left of it.
    pub text: String,
    /// Something was taken out, or can't be written as text.
    #[serde(default, skip_serializing_if = "is_false")]
    pub taken: bool,
}

/// The content of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What is left of it.
    #[serde(flatten)]
    pub part: Part,
    /// It is the same JSON as it was, but for what was taken out of its texts.
    #[serde(default, skip_serializing_if = "is_false")]
    pub same_json: bool,
    /// It is the same form as it was, but for what was taken out of its values.
    #[serde(default, skip_serializing_if = "is_false")]
    pub same_form: bool,
    /// Why it had not come whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// One field line.
pub type Field = (String, Part);

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// Scheme, host and port of the origin.
    pub origin: (String, String, u16),
    /// The path.
    pub path: Part,
    /// What stands behind the path, its question mark included.
    pub query: Part,
    /// The query holds the same parameters as it did, but for what was taken out of their values.
    #[serde(default, skip_serializing_if = "is_false")]
    pub same_query: bool,
    /// Field lines.
    pub fields: Vec<Field>,
    /// The content.
    pub content: Content,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// A response: version, status, field lines, content.
    Response(String, u16, Vec<Field>, Content),
    /// Nothing: which kind of silence, and why.
    Silence(String, String),
}

/// An exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Who spoke to whom, in words.
    pub hop: String,
    /// Whose browser.
    pub actor: String,
    /// Index of the step.
    pub step: usize,
    /// When it was sent, in nanoseconds since the Unix epoch.
    pub at: u64,
    /// How long it took, in nanoseconds.
    pub took: u64,
    /// What was asked.
    pub asked: Asked,
    /// What came.
    pub came: Came,
}

/// Who was logged in: `nobody`, `actor`, `stranger` or `unclear`, and the name or reason.
pub type Who = (String, String);

/// How a turn of a step ended; or, without a step, the end of the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Index of the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// The first of its exchanges.
    pub from: usize,
    /// How many there were in all when it ended.
    pub to: usize,
    /// When it ended, in nanoseconds since the Unix epoch.
    pub at: u64,
    /// The target had been heard by us until then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ear: bool,
    /// How it ended, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What it gave.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub results: Map<String, Value>,
    /// Why it did not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<String>,
    /// Why it could not be carried out, and whether that means that the case does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<(String, bool)>,
    /// Who was logged in, by actor, as far as it was asked.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub who: BTreeMap<String, Who>,
    /// What references that no step gives stood for, but for secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, Value>,
}

/// What did not count at an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// A pass.
    Passes,
    /// What a refusal shows, too.
    Refusals,
    /// Everything.
    All,
}

/// What a verdict lacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacked {
    /// A control.
    Unproved(String),
    /// It did not apply.
    NotApplicable(String),
    /// What the case changes never reached the target.
    Untouched(String),
    /// The good path could not be asked: the capabilities that would enable it.
    Missing(Vec<String>),
}

/// Everything that a case is judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// [`Recorded::FORM`] of who wrote it.
    pub form: u32,
    /// Digest of what was asked and how; another one makes it another case.
    pub path: String,
    /// All exchanges.
    pub exchanges: Vec<Kept>,
    /// Turns of steps in their order, and the end.
    pub turns: Vec<Turn>,
    /// Why it broke off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// It was waited for what may come late.
    #[serde(default, skip_serializing_if = "is_false")]
    pub quiet: bool,
    /// Our provider gave codes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub codes: bool,
    /// Origins of the target.
    pub origins: Vec<String>,
    /// The endpoint has a scheme of its own, of which Basic and Bearer say nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own_scheme: bool,
    /// What its controls did not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Lacked>,
    /// Why nothing passes at the endpoint, and how much that hides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mute: Option<(String, Hidden)>,
    /// The endpoint was never seen to open.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
    /// What its good path lacked, so that the departure ran alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

impl Recorded {
    /// The form that this program writes and reads.
    pub const FORM: u32 = 1;
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out references"
)]
const fn is_false(word: &bool) -> bool {
    !*word
}
