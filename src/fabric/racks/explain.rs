//! Why devices stand where they do, and why cables are what they are.

use super::Racking;
use super::layout::Layout;
use crate::catalog::CableKind;
use crate::model::{Explanation, SpecPath};

pub fn explain(
    layout: &Layout,
    path: &SpecPath,
    racking: &Racking,
    explanations: &mut Vec<Explanation>,
) {
    let mut inputs = vec![("rack units of a rack".to_owned(), layout.room.units.to_string())];
    let most = |n: u64, unit: &str| {
        if n == u64::MAX { "no limit".to_owned() } else { format!("{n} {unit}") }
    };
    inputs.push(("power of a rack".to_owned(), most(layout.room.power_w, "W")));
    let kg = if layout.room.weight_g == u64::MAX { u64::MAX } else { layout.room.weight_g / 1000 };
    inputs.push(("weight in a rack".to_owned(), most(kg, "kg")));
    if layout.server_racks > 0 {
        inputs
            .push(("server racks of a scalable unit".to_owned(), layout.server_racks.to_string()));
        inputs.push((
            "network racks of a scalable unit".to_owned(),
            layout.network_racks.to_string(),
        ));
    }
    inputs.extend(
        layout.holding().map(|(id, n)| (format!("devices of {id} in a rack"), n.to_string())),
    );
    explanations.push(Explanation {
        subject: SpecPath::new("racks").field("quantity"),
        path: path.clone(),
        label: "Racks".to_owned(),
        result: racking.racks.len().to_string(),
        rule: "A rack holds what its height, power and weight allow. A scalable unit has racks of its own for all the servers it can have, its leaves in the middle of them; spines stand by pod, super-spines by spine group, other classes in racks of their own. Growth moves no device while the number of tiers stays.".to_owned(),
        inputs,
        rejected: None,
    });
    let longest = racking.ways_cm.iter().flatten().max().copied().unwrap_or(0);
    let mut inputs = vec![("longest way".to_owned(), format!("{longest} cm"))];
    let kinds =
        [CableKind::Dac, CableKind::Acc, CableKind::Aoc, CableKind::Rj45, CableKind::Optics];
    for kind in kinds {
        let counts = racking.cable_counts();
        let of: u64 = counts.iter().filter(|c| c.cable_type.kind == kind).map(|c| c.cables).sum();
        if of > 0 {
            inputs.push((kind.name().to_owned(), of.to_string()));
        }
    }
    explanations.push(Explanation {
        subject: SpecPath::new("cables").field("quantity"),
        path: path.clone(),
        label: "Cables".to_owned(),
        result: racking.cable_counts().iter().map(|c| c.cables).sum::<u64>().to_string(),
        rule: "A cable is as long as the way up to the tray, along rows and columns and down again, with slack at both ends, rounded up to the next length on the shelf. Of the cables that fit both cages and are long enough the first in this order is taken: DAC, ACC, AOC, optics with fibre; a cage has one plug.".to_owned(),
        inputs,
        rejected: None,
    });
}
