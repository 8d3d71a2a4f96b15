//! `[venue]` of a scenario laid over the venue file it names.

use crate::scenario::syntax::node::{Entry, Node, Value};
use crate::scenario::syntax::overrides::alternatives;
use crate::scenario::venue::keys::{REQUIREMENT, RULES};

/// Fills the keys that `[venue]` of `root` leaves open with the file's, so that one reading serves both. A requirement
/// that the scenario writes for the venue goes before that of every market, and before the caps on leverage that belong
/// to it: `own` tells whether it does.
pub(crate) fn merge_preset(root: &mut Node, preset: &Node, own: bool) {
    let (Value::Table(entries), Value::Table(rules)) = (&mut root.value, &preset.value) else { return };
    let index = entries.iter().position(|entry| entry.key == "venue").unwrap_or_else(|| {
        let node = Node { value: Value::Table(Vec::new()), origin: preset.origin.clone() };
        entries.push(Entry { key: "venue".to_owned(), key_origin: preset.origin.clone(), node });
        entries.len() - 1
    });
    let mut rules: Vec<Entry> =
        rules.iter().filter(|rule| RULES.contains(&rule.key.as_str())).cloned().collect();
    if own {
        strip_caps(&mut rules);
        for rule in rules.iter_mut().filter(|rule| rule.key == "markets") {
            let Value::Table(markets) = &mut rule.node.value else { continue };
            for market in markets {
                let Value::Table(keys) = &mut market.node.value else { continue };
                strip_caps(keys);
                keys.retain(|key| !REQUIREMENT.contains(&key.key.as_str()));
            }
        }
    }
    fill_open_keys(&mut entries[index].node, &rules, &mut vec!["venue"]);
}

fn strip_caps(keys: &mut Vec<Entry>) {
    keys.retain(|key| key.key != "max_leverage");
}

fn fill_open_keys<'k>(node: &mut Node, rules: &'k [Entry], path: &mut Vec<&'k str>) {
    let Value::Table(entries) = &mut node.value else { return };
    let replaced: Vec<&str> = entries
        .iter()
        .flat_map(|entry| {
            let key = [&path[..], &[entry.key.as_str()]].concat();
            alternatives(&key).iter().copied()
        })
        .collect();
    for rule in rules.iter().filter(|rule| !replaced.contains(&rule.key.as_str())) {
        match (entries.iter_mut().find(|entry| entry.key == rule.key), &rule.node.value) {
            (None, _) => entries.push(rule.clone()),
            (Some(entry), Value::Table(inner)) => {
                path.push(&rule.key);
                fill_open_keys(&mut entry.node, inner, path);
                path.pop();
            }
            (Some(_), _) => {}
        }
    }
}
