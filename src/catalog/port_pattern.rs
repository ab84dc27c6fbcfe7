//! The pattern behind a row of port names: `et-0/0/0`, `et-0/0/1` … is `et-0/0/{cage}`.
//!
//! Names are cut at their numbers. One number that counts in steps of one numbers the cages; a
//! second one that counts within each cage numbers its interfaces. Anything else has no pattern.

use super::{PortList, PortNaming};
use std::collections::BTreeMap;

/// How names count.
pub(super) struct Pattern {
    /// The names, as a model has them.
    pub naming: PortNaming,
    /// Interfaces in each cage.
    pub lanes: u8,
}

/// The pattern of names whose first stands for the cage `first`, if they have one.
pub(super) fn pattern(names: &[&str], first: u16) -> Option<Pattern> {
    let cuts: Vec<(Vec<String>, Vec<u32>)> = names.iter().map(|name| cut(name)).collect();
    let (texts, numbers) = cuts.first()?;
    if cuts.iter().any(|(t, n)| t != texts || n.len() != numbers.len()) {
        return None;
    }
    let mut counting: Vec<usize> = (0..numbers.len())
        .filter(|at| cuts.iter().any(|(_, n)| n.get(*at) != numbers.get(*at)))
        .collect();
    if counting.is_empty() {
        // One port: its last number but one of a pair `1/1`, else its last.
        counting.push(numbers.len().checked_sub(1)?);
    }
    let (cage_at, lane_at) = match counting.as_slice() {
        [cage] => (*cage, None),
        [cage, lane] => (*cage, Some(*lane)),
        _ => return None,
    };
    let number = |n: &[u32], at: usize| n.get(at).copied();
    let (first_number, first_lane) =
        (number(numbers, cage_at)?, lane_at.map(|at| number(numbers, at)));
    let lanes = match lane_at {
        None => 1,
        Some(_) => cuts.iter().filter(|(_, n)| number(n, cage_at) == Some(first_number)).count(),
    };
    for (index, (_, n)) in cuts.iter().enumerate() {
        let cage = first_number.checked_add(u32::try_from(index / lanes).ok()?)?;
        let lane = u32::try_from(index % lanes).ok()?;
        let lane_fits = match (lane_at, first_lane.flatten()) {
            (Some(at), Some(first)) => number(n, at) == first.checked_add(lane),
            _ => true,
        };
        if number(n, cage_at) != Some(cage) || !lane_fits {
            return None;
        }
    }
    if !cuts.len().is_multiple_of(lanes) {
        return None;
    }
    let mut all = String::new();
    for (at, text) in texts.iter().enumerate() {
        all.push_str(text);
        match number(numbers, at) {
            Some(_) if at == cage_at => all.push_str("{cage}"),
            Some(_) if Some(at) == lane_at => all.push_str("{lane}"),
            Some(fixed) => all.push_str(&fixed.to_string()),
            None => {}
        }
    }
    let (whole, lane) = match lane_at {
        // The cage itself has no name of its own where each has several interfaces.
        Some(_) => (all.split("{cage}").next().unwrap_or_default().to_owned() + "{cage}", all),
        None => (all.clone(), all + "/{lane}"),
    };
    Some(Pattern {
        naming: PortNaming {
            whole,
            lane,
            first_lane: u8::from(first_lane.flatten().unwrap_or(1) != 0),
            first_cage: i16::try_from(i64::from(first_number) + 1 - i64::from(first))
                .ok()
                .filter(|first_cage| first_cage.unsigned_abs() <= PortList::MAX_CAGE)?,
            lane_labels: BTreeMap::new(),
        },
        lanes: u8::try_from(lanes).ok().filter(|lanes| (1..=16).contains(lanes))?,
    })
}

/// A name cut at its numbers: `et-0/0/12` is `et-`, 0, `/`, 0, `/`, 12 and nothing.
fn cut(name: &str) -> (Vec<String>, Vec<u32>) {
    let mut texts = vec![String::new()];
    let mut numbers: Vec<u32> = Vec::new();
    let mut digits = String::new();
    for c in name.chars().chain(['\0']) {
        if c.is_ascii_digit() && digits.len() < 6 {
            digits.push(c);
            continue;
        }
        // A number that is written with leading zeros is text: it would not come back the same.
        match digits.parse::<u32>() {
            Ok(number) if number.to_string() == digits => {
                numbers.push(number);
                texts.push(String::new());
            }
            _ => {
                if let Some(text) = texts.last_mut() {
                    text.push_str(&digits);
                }
            }
        }
        digits.clear();
        if c != '\0'
            && let Some(text) = texts.last_mut()
        {
            text.push(c);
        }
    }
    (texts, numbers)
}
