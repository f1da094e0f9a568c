//! `also`: further cases that are judged on the run of their host.

use crate::model::{CaseId, Severity};
use crate::source::Node;

use super::super::expectation::{Around, read_all};
use super::super::model::Rider;
use super::{Reader, Shared, in_words, owned, text};

impl Reader<'_> {
    pub(super) fn riders(&mut self, node: &Node, host: &CaseId, shared: &Shared<'_>) -> Vec<Rider> {
        let all = node.get("also").and_then(Node::as_list).unwrap_or_default();
        let mut riders: Vec<Rider> = Vec::new();
        for node in all {
            let Some(id) = self.id(node) else { continue };
            let fallback = node.get("requirement");
            let judged = Around {
                sources: self.sources,
                role: shared.role,
                fallback,
                judged: true,
            };
            let rider = Rider {
                id: host.rider(id),
                title: text(node, "title").map_or_else(|| in_words(id), str::to_owned),
                severity: text(node, "severity")
                    .and_then(Severity::from_word)
                    .unwrap_or(Severity::Medium),
                why: text(node, "why").unwrap_or_default().trim().to_owned(),
                fix: text(node, "fix").unwrap_or_default().trim().to_owned(),
                references: owned(node.get("references")),
                checks: owned(node.get("checks")),
                detects: owned(node.get("detects")),
                same_detection_as: node
                    .get("same-detection-as")
                    .and_then(|same| text(same, "case"))
                    .map(str::to_owned),
                only_if: owned(node.get("only-if")),
                expect: node
                    .get("expect")
                    .map(|one| read_all(one, &judged, self.errors))
                    .unwrap_or_default(),
                idle: None,
                place: self
                    .sources
                    .place(node.get("id").map_or(node.span, |id| id.span)),
            };
            self.described(node, !rider.detects.is_empty());
            riders.push(rider);
        }
        riders
    }
}
