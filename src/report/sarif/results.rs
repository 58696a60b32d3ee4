//! Findings as SARIF results.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::descriptors::sentence;
use super::schema::{
    ArtifactChange, ArtifactLocation, CodeFlow, Content, Fingerprints, Fix, Location, LogicalLocation,
    PhysicalLocation, Region, Replacement, SarifResult, ThreadFlow, ThreadFlowLocation,
};
use super::{SOURCE_ROOT, clip, level};
use crate::finding::{Applicability, Finding, ObjectId, Place, Related};
use crate::report::view::shown_fix;
use crate::report::{SourceView, Unit, Views, escape, view};
use crate::rules;

/// Results in a run above which GitHub rejects the file.
const MOST_RESULTS: usize = 25_000;
/// Locations of a result that GitHub keeps.
const MOST_RELATED: usize = 100;
/// Characters of a message that GitLab accepts, and what its parts may take of them.
const LONGEST_MESSAGE: usize = 1024;
const LONGEST_PART: usize = 255;

/// The findings that a service shows as one: of one rule, on one line.
struct Group<'a> {
    first: &'a Finding,
    more: usize,
}

/// The results of `findings`, and how many were left out as too many.
pub(super) fn results<'a>(findings: &'a [Finding], views: &Views<'a>) -> (Vec<SarifResult<'a>>, usize) {
    let groups = group(findings, views);
    let kept = most_severe(groups, MOST_RESULTS);
    let left_out = findings.len() - kept.iter().map(|group| 1 + group.more).sum::<usize>();
    (kept.iter().map(|group| result(group, views)).collect(), left_out)
}

/// Merges the findings of a rule on a line: services tell results apart by rule, file and line only.
fn group<'a>(findings: &'a [Finding], views: &Views<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places = HashMap::new();
    for finding in findings {
        let (_, region) = views.locate(&finding.place, Unit::Utf16);
        let index = *places.entry((finding.rule.id, finding.place.file, region.line)).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.more += 1,
            None => groups.push(Group { first: finding, more: 0 }),
        }
    }
    groups
}

/// At most `most` groups, the least severe left out, in the order that they had.
fn most_severe(mut groups: Vec<Group<'_>>, most: usize) -> Vec<Group<'_>> {
    if groups.len() <= most {
        return groups;
    }
    let mut order: Vec<_> =
        groups.iter().enumerate().map(|(at, group)| (Reverse(group.first.severity()), at)).collect();
    order.sort_unstable();
    order.truncate(most);
    let kept: std::collections::HashSet<_> = order.into_iter().map(|(_, at)| at).collect();
    let mut at = 0..;
    groups.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
    groups
}

fn result<'a>(group: &Group<'a>, views: &Views<'a>) -> SarifResult<'a> {
    let finding = group.first;
    let view = views.get(finding.place.file);
    let related = related(finding, views);
    let location = location(&finding.place, &view);
    SarifResult {
        rule_id: finding.rule.id,
        rule_index: rules::ALL.iter().position(|rule| rule.id == finding.rule.id).unwrap_or_default(),
        level: level(finding.severity()),
        message: message(group, &related).into(),
        partial_fingerprints: Fingerprints {
            primary_location_line_hash: view
                .line_hash(location.physical_location.region.start_line)
                .map(|hash| hash.to_string()),
            finding: &finding.fingerprint,
        },
        fixes: fix(finding, &view).into_iter().collect(),
        locations: [location],
        code_flows: finding.is_flow.then(|| [flow(finding, views)]),
        related_locations: related.into_iter().map(|(location, _)| location).collect(),
    }
}

/// What is wrong, for which versions, what to do, and links to the related places: as much as is accepted.
fn message(group: &Group<'_>, related: &[(Location, String)]) -> String {
    let finding = group.first;
    let part = |text: &str| escape::sarif_message(&clip(&escape::line(text), LONGEST_PART));
    let more = match group.more {
        0 => String::new(),
        more => format!(" (and {more} more on this line)"),
    };
    let mut text = sentence(&format!("{}{more}", part(&finding.message)));
    let versions = finding.partial.then(|| format!("On Kubernetes {}.", finding.kubernetes));
    let help = finding.help.as_deref().map(|help| sentence(&part(help)));
    let links = related
        .iter()
        .map(|(location, label)| format!("[{}]({}).", part(label), location.id.unwrap_or_default()));
    for addition in versions.into_iter().chain(help).chain(links) {
        if text.len() + 1 + addition.len() <= LONGEST_MESSAGE {
            text.push(' ');
            text.push_str(&addition);
        }
    }
    text
}

/// Related places, numbered from 1, with what is there.
fn related(finding: &Finding, views: &Views<'_>) -> Vec<(Location, String)> {
    let numbered = (1..).zip(finding.related.iter().take(MOST_RELATED));
    numbered
        .map(|(id, related)| {
            let mut location = location(&related.place, &views.get(related.place.file));
            location.id = Some(id);
            location.message = Some(escape::sarif_message(&related.message).into());
            (location, related.message.clone())
        })
        .collect()
}

/// The steps that lead from the finding to the harm. Where it was found besides is none of them.
fn flow(finding: &Finding, views: &Views<'_>) -> CodeFlow {
    let is_step = |related: &&Related| {
        !finding.seen_at.iter().any(|seen| (seen.file, seen.span) == (related.place.file, related.place.span))
    };
    let steps = finding.related.iter().filter(is_step).take(MOST_RELATED);
    let steps = steps.map(|related| (&related.place, &related.message));
    let first = (&finding.place, &finding.message);
    let locations = std::iter::once(first).chain(steps).map(|(place, message)| {
        let mut location = location(place, &views.get(place.file));
        location.message = Some(escape::sarif_message(message).into());
        ThreadFlowLocation { location }
    });
    CodeFlow { thread_flows: [ThreadFlow { locations: locations.collect() }] }
}

fn location(place: &Place, view: &SourceView<'_>) -> Location {
    Location {
        id: None,
        message: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(view),
            region: visible(view.region(view.first_line(place.span), Unit::Utf16)),
        },
        logical_locations: place.object.as_deref().and_then(logical).into_iter().collect(),
    }
}

fn artifact(view: &SourceView<'_>) -> ArtifactLocation {
    ArtifactLocation { uri: escape::uri(&view.path()), uri_base_id: SOURCE_ROOT }
}

/// An empty region cannot be seen: it takes the next character.
fn visible(mut region: view::Region) -> Region {
    if (region.line, region.column) == (region.end_line, region.end_column) {
        region.end_column += 1;
    }
    exact(region)
}

fn exact(region: view::Region) -> Region {
    Region {
        start_line: region.line,
        start_column: region.column,
        end_line: region.end_line,
        end_column: region.end_column,
    }
}

/// `apps/v1/Deployment/shop/web`, without what is not written.
fn logical(object: &ObjectId) -> Option<LogicalLocation> {
    let parts = [&object.api_version, &object.kind, &object.namespace, &object.name];
    let written: Vec<_> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| escape::line(part)).collect();
    (!written.is_empty()).then(|| LogicalLocation {
        name: escape::line(&object.name),
        fully_qualified_name: written.join("/"),
        kind: "resource",
    })
}

fn fix<'a>(finding: &'a Finding, view: &SourceView<'_>) -> Option<Fix<'a>> {
    let (fix, edits) = shown_fix(finding, view, Unit::Utf16)?;
    let description = match fix.applicability {
        Applicability::Safe => "Safe fix.",
        Applicability::Unsafe => "Fix that needs a look.",
    };
    let replacements = edits.into_iter().map(|(region, text)| Replacement {
        deleted_region: exact(region),
        inserted_content: (!text.is_empty()).then_some(Content { text }),
    });
    Some(Fix {
        description: description.into(),
        artifact_changes: [ArtifactChange {
            artifact_location: artifact(view),
            replacements: replacements.collect(),
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;
    use crate::rules::Meta;

    fn meta(severity: &str) -> &'static Meta {
        let page = format!(
            "---\ntitle: t\ngroup: g\nseverity: {severity}\nconfidence: high\npersona: regular\nsince: 0.1.0\n\
             scope: object\n---\n"
        );
        Box::leak(Box::new(Meta::parse("made-up", page.leak()).unwrap()))
    }

    #[test]
    fn the_least_severe_are_left_out_and_the_order_stays() {
        let severities = ["low", "high", "info", "critical", "low"];
        let findings: Vec<_> = severities
            .iter()
            .map(|severity| {
                let mut finding = testing::run().findings.swap_remove(1);
                finding.rule = meta(severity);
                finding
            })
            .collect();
        for (most, kept) in [(5, &severities[..]), (3, &["low", "high", "critical"]), (1, &["critical"])] {
            let groups = findings.iter().map(|first| Group { first, more: 0 }).collect();
            let severities: Vec<_> =
                most_severe(groups, most).iter().map(|group| group.first.severity().to_string()).collect();
            assert_eq!(severities, kept);
        }
    }
}
