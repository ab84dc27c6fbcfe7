//! What is drawn, where, and in which state.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::catalog::Cage;
use crate::diff::{Addition, ChangeSet};
use crate::fabric::{Class, Device, End, Fabric, Link, LinkGroup, LinkKind, Slot};
use crate::inventory::{Desired, Object};
use crate::model::SpecPath;
use std::sync::Arc;

fn class(fabric: &mut Fabric, id: &str, of: Option<&str>, role: DeviceRole, count: u32) -> u32 {
    let first = fabric.devices.len() as u32;
    let index = fabric.classes.len() as u32;
    fabric.classes.push(Class {
        fabric: of.map(Into::into),
        model: "celestica-ds5000".into(),
        path: SpecPath::new("spec.cluster"),
        first_device: first,
        count,
        slots: Arc::new([Slot {
            name: "E1".into(),
            key: "a/0".into(),
            cage: Cage::Osfp,
            cage_number: 1,
            speed_gbps: 400,
            from_type: true,
        }]),
        ..Class::new(id, role, 2)
    });
    for number in 1..=count {
        fabric.devices.push(Device { class: index, number, su: None, rail: None, pod: None });
    }
    first
}

/// Units of `su_size` servers with `rails` leaves each, one spine row, one pair of frontend
/// leaves.
fn sample(units: u32, su_size: u32, rails: u32, spines: u32) -> Fabric {
    let mut fabric = Fabric::default();
    let leaf = class(&mut fabric, "be-leaf", Some("backend"), DeviceRole::Leaf, units * rails);
    let spine = class(&mut fabric, "be-spine", Some("backend"), DeviceRole::Spine, spines);
    let front = class(&mut fabric, "fe-leaf", Some("frontend"), DeviceRole::Leaf, 2);
    let server = class(&mut fabric, "gpu", None, DeviceRole::Server, units * su_size);
    for (of, kind) in [
        ("backend", LinkKind::ServerLeaf),
        ("backend", LinkKind::LeafSpine),
        ("frontend", LinkKind::ServerLeaf),
    ] {
        fabric.groups.push(LinkGroup { fabric: of.into(), kind, speed_gbps: 400 });
    }
    for unit in 0..units {
        for rail in 0..rails {
            let device = &mut fabric.devices[(leaf + unit * rails + rail) as usize];
            (device.su, device.rail) = (Some(unit), Some(rail));
        }
        for s in 0..su_size {
            fabric.devices[(server + unit * su_size + s) as usize].su = Some(unit);
        }
    }
    let mut link = |a: u32, b: u32, group: u32| {
        let end = |device| End { device, slot: 0 };
        fabric.links.push(Link { a: end(a), b: end(b), group });
    };
    for s in 0..units * su_size {
        for rail in 0..rails {
            link(server + s, leaf + s / su_size * rails + rail, 0);
        }
        link(server + s, front + s % 2, 2);
    }
    for l in 0..units * rails {
        for s in 0..spines * 2 {
            link(leaf + l, spine + s % spines, 1);
        }
    }
    fabric
}

fn check(fabric: &Fabric) -> Scene {
    let scene = lay_out(fabric, None, None);
    assert_eq!(scene, lay_out(fabric, None, None), "the same fabric gives the same scene");
    assert!(scene.blocks.len() <= MAX_BLOCKS, "{} blocks", scene.blocks.len());
    assert!(scene.bundles.len() <= MAX_BUNDLES, "{} bundles", scene.bundles.len());
    let mut seen = vec![0; fabric.devices.len()];
    for (n, block) in scene.blocks.iter().enumerate() {
        for device in block.first_device.unwrap()..block.first_device.unwrap() + block.count {
            seen[device as usize] += 1;
            assert_eq!(scene.block_of[device as usize] as usize, n);
        }
    }
    assert!(seen.iter().all(|n| *n == 1), "every device stands in exactly one block");
    let links: u64 = scene.bundles.iter().map(|b| u64::from(b.links)).sum();
    assert_eq!(links, fabric.links.len() as u64, "bundles hold every link once");
    for (n, link) in fabric.links.iter().enumerate() {
        let bundle = scene.bundles[scene.bundle_of[n] as usize];
        assert_eq!(bundle.a, scene.block_of[link.a.device as usize]);
        assert_eq!(bundle.b, scene.block_of[link.b.device as usize]);
    }
    nothing_lies_on_another(&scene);
    scene
}

fn nothing_lies_on_another(scene: &Scene) {
    for (n, one) in scene.blocks.iter().enumerate() {
        for other in scene.blocks.iter().skip(n + 1) {
            let apart = one.area.x + one.area.width <= other.area.x
                || other.area.x + other.area.width <= one.area.x
                || one.area.y + one.area.height <= other.area.y
                || other.area.y + other.area.height <= one.area.y;
            assert!(apart, "{} lies on {}", one.name, other.name);
        }
    }
    for (n, one) in scene.labels.iter().enumerate() {
        for other in scene.labels.iter().skip(n + 1) {
            assert!((one.x, one.y) != (other.x, other.y), "{} on {}", one.text, other.text);
        }
    }
}

#[test]
fn what_shares_a_height_stands_side_by_side() {
    use DeviceRole::{BorderLeaf, External, Leaf, Management};
    let mut fabric = sample(2, 16, 4, 2);
    for (id, of, role, count) in [
        ("fe-edge", Some("frontend"), BorderLeaf, 2),
        ("fe-oob", Some("frontend"), Management, 1),
        ("be-edge", Some("backend"), BorderLeaf, 2),
        ("be-other", Some("backend"), Leaf, 3),
        ("router", None, External, 2),
        ("firewall", None, External, 1),
    ] {
        class(&mut fabric, id, of, role, count);
    }
    let labels = |scene: &Scene| -> Vec<String> {
        scene.labels.iter().map(|label| label.text.replace(" × celestica-ds5000", "")).collect()
    };
    let expected = [
        "Backend leaves · 8",
        "Backend spines · 2",
        "Frontend leaves · 2, Frontend border leaves · 2, Frontend switches · 1",
        "Backend border leaves · 2, Backend leaves · 3",
        "External router · 2, External firewall · 1",
    ];
    assert_eq!(labels(&check(&fabric)), expected);
    // Of each, one that the plan has no longer; of a class that it has not, too.
    let gone = |class: &str, role: &str| crate::diff::Deletion {
        old: Object::Device(crate::inventory::DeviceRecord {
            role: role.into(),
            ..Default::default()
        }),
        key: format!("device/{class}/99"),
        name: format!("{class}-99"),
        reason: crate::diff::Reason::NotInPlan,
        interfaces: None,
        far: None,
    };
    let deletions = vec![
        gone("be-leaf", "leaf"),
        gone("be-edge", "border-leaf"),
        gone("fe-leaf", "leaf"),
        gone("fe-edge", "border-leaf"),
        gone("fe-oob", "management"),
        gone("no-more", "spine"),
        gone("be-spine", "spine"),
        gone("gpu", "server"),
    ];
    let classes: Vec<String> =
        deletions.iter().filter_map(|d| d.key.split('/').nth(1).map(Into::into)).collect();
    let changes = ChangeSet { deletions, ..ChangeSet::default() };
    for fabric in [&fabric, &Fabric::default()] {
        let scene = lay_out(fabric, Some(&changes), None);
        nothing_lies_on_another(&scene);
        let removed = scene.blocks.iter().filter(|block| block.first_device.is_none());
        assert_eq!(removed.count(), classes.len());
    }
    let mut with_removed = labels(&lay_out(&fabric, Some(&changes), None));
    with_removed.retain(|text| !text.starts_with('−'));
    assert_eq!(with_removed, expected, "what goes moves no words of what stays");
}

#[test]
fn every_device_and_link_is_drawn_once() {
    for (units, su_size, rails, spines) in
        [(1, 1, 1, 0), (2, 64, 8, 8), (3, 5, 2, 1), (16, 64, 8, 64), (64, 128, 8, 256)]
    {
        check(&sample(units, su_size, rails, spines));
    }
    check(&Fabric::default());
}

#[test]
fn of_more_units_than_blocks_every_device_and_link_is_drawn_once() {
    for (units, su_size, rails, spines) in
        [(1_024, 1, 2, 4), (1_500, 1, 1, 4), (900, 1, 1, 900), (2_100, 2, 1, 1)]
    {
        check(&sample(units, su_size, rails, spines));
    }
    // More classes than there may be blocks: the links are counted all the same.
    let mut fabric = sample(1, 1, 1, 1);
    for n in 0..MAX_BLOCKS {
        class(&mut fabric, &format!("class-{n}"), None, DeviceRole::Server, 1);
    }
    let links: u32 = lay_out(&fabric, None, None).bundles.iter().map(|b| b.links).sum();
    assert_eq!(links as usize, fabric.links.len());
}

#[test]
fn growth_moves_no_earlier_unit() {
    let (before, after) = (check(&sample(3, 32, 8, 4)), check(&sample(4, 32, 8, 8)));
    let mut compared = 0;
    for block in before.blocks.iter().filter(|b| b.su.is_some()) {
        let same = after.blocks.iter().find(|b| b.name == block.name).unwrap();
        assert_eq!(same.area, block.area, "{}", block.name);
        compared += 1;
    }
    assert_eq!(compared, 3 * (8 + 4));
}

#[test]
fn a_wide_fabric_is_no_strip() {
    for units in [1, 3, 4, 8, 16, 64, 256] {
        let area = check(&sample(units, 64, 8, 8)).area;
        assert!(area.width < 3.0 * area.height, "{units} units: {area:?}");
        assert!(area.height < 3.0 * area.width, "{units} units: {area:?}");
    }
}

#[test]
fn rows_and_frames() {
    let scene = check(&sample(2, 16, 4, 2));
    let y = |class: &str| scene.blocks.iter().find(|b| b.class == class).unwrap().area.y;
    assert!(y("be-spine") < y("be-leaf") && y("be-leaf") < y("gpu") && y("gpu") < y("fe-leaf"));
    assert_eq!(
        scene.frames.iter().map(|f| f.label.as_str()).collect::<Vec<_>>(),
        ["SU 1 · 16 servers · 4 leaves", "SU 2 · 16 servers · 4 leaves"]
    );
    assert_eq!(scene.labels[0].text, "Backend leaves · 8 × celestica-ds5000");
}

#[test]
fn leaves_of_units_without_servers_stand_in_a_plain_row() {
    let mut fabric = sample(2, 16, 4, 2);
    let servers = fabric.classes.iter().find(|class| class.id == "gpu").unwrap().first_device;
    fabric.devices.iter_mut().skip(servers as usize).for_each(|device| device.su = None);
    let scene = check(&fabric);
    assert_eq!(scene.frames, []);
}

#[test]
fn states_follow_the_change_set() {
    let fabric = sample(2, 8, 2, 1);
    let desired = Desired {
        cables: fabric.links.iter().map(|l| (l.a, l.b)).collect(),
        interfaces: vec![End { device: 1, slot: 0 }],
        ..Desired::default()
    };
    let gone = Object::Device(crate::inventory::DeviceRecord {
        name: "be-leaf-05".into(),
        role: "leaf".into(),
        ..Default::default()
    });
    let changes = ChangeSet {
        desired: Arc::new(desired),
        additions: vec![Addition::Device(0), Addition::Interface(0), Addition::Cable(0)],
        deletions: vec![crate::diff::Deletion {
            old: gone,
            key: "device/be-leaf/5".into(),
            name: "be-leaf-05".into(),
            reason: crate::diff::Reason::NotInPlan,
            interfaces: None,
            far: None,
        }],
        ..ChangeSet::default()
    };
    let scene = lay_out(&fabric, Some(&changes), None);
    let state = |device: usize| scene.blocks[scene.block_of[device] as usize].state;
    assert_eq!((state(0), state(1), state(2)), (State::Added, State::Changed, State::Unchanged));
    // The device at the other end of a cable that comes is changed by it.
    let server = fabric.links[0].a.device as usize;
    let servers = &scene.blocks[scene.block_of[server] as usize];
    assert_eq!(servers.states[0], State::Changed);
    let bundle = scene.bundles[scene.bundle_of[0] as usize];
    assert_eq!((bundle.added, bundle.state), (1, State::Changed));
    let removed = &scene.blocks[scene.others["device/be-leaf/5"] as usize];
    assert_eq!((removed.state, removed.count), (State::Removed, 1));
    assert_eq!(scene.frames.last().unwrap().label, "To be removed");
}

#[test]
fn a_lost_cable_changes_its_device_also_beside_one_out_of_service() {
    let mut fabric = sample(1, 8, 2, 1);
    // Number 3 of the servers is out of service: the others keep theirs.
    let servers = fabric.classes.iter_mut().find(|class| class.id == "gpu").unwrap();
    (servers.count, servers.out_of_service) = (7, Arc::new([3]));
    let first = servers.first_device;
    for (n, number) in (first..).zip([1, 2, 4, 5, 6, 7, 8]) {
        fabric.devices[n as usize].number = number;
    }
    fabric.devices.pop();
    fabric.links.clear();
    let lost = |number: u32| crate::diff::Deletion {
        old: Object::Cable(Default::default()),
        key: format!("cable/gpu/{number}/rail-0/0"),
        name: String::new(),
        reason: crate::diff::Reason::NotInPlan,
        interfaces: None,
        far: None,
    };
    for (number, expected) in [(2, Some(1)), (3, None), (4, Some(2)), (8, Some(6)), (9, None)] {
        let changes = ChangeSet { deletions: vec![lost(number)], ..ChangeSet::default() };
        let scene = lay_out(&fabric, Some(&changes), None);
        let states = scene.blocks.iter().filter(|b| b.class == "gpu").flat_map(|b| &b.states);
        assert_eq!(states.clone().count(), 7);
        let changed = states.clone().position(|state| *state == State::Changed);
        assert_eq!(changed, expected, "gpu {number}");
    }
}

fn device(id: u64, name: &str) -> Object {
    let record = crate::inventory::DeviceRecord { id, name: name.into(), ..Default::default() };
    Object::Device(record)
}

#[test]
fn what_drifted_and_stays_so_is_drawn_as_drifted() {
    use crate::diff::{Drift, Drifted, DriftedField, FieldChange, Modification, Reason};
    use crate::inventory::{Field, Kind};
    let fabric = sample(2, 8, 2, 1);
    let drifted = |kind: Kind, id: u64, key: &str, overwritten: bool| Drifted {
        kind,
        id,
        key: key.into(),
        name: String::new(),
        fields: vec![DriftedField {
            field: Field::Role,
            applied: "leaf".into(),
            found: "spine".into(),
            overwritten,
        }],
    };
    let drift = Drift {
        changed: vec![
            drifted(Kind::Device, 1, "device/be-leaf/1", false),
            drifted(Kind::Device, 2, "device/be-leaf/2", true),
            drifted(Kind::Cable, 3, "cable/gpu/2/rail-0/0", false),
            drifted(Kind::Device, 4, "device/be-leaf/99", false),
            drifted(Kind::Cable, 6, "cable/gpu/5/a/0", false),
            // What the changes set right has not stayed as it is.
            drifted(Kind::Device, 5, "device/be-leaf/3", true),
        ],
        ..Drift::default()
    };
    // One of them is set right by a change.
    let changes = ChangeSet {
        modifications: vec![Modification {
            old: device(2, "be-leaf-02"),
            desired: Addition::Device(1),
            key: "device/be-leaf/2".into(),
            name: "be-leaf-02".into(),
            fields: vec![FieldChange {
                field: Field::Role,
                old: "spine".into(),
                new: "leaf".into(),
                applied: Some("leaf".into()),
            }],
            ends: None,
            reason: Reason::Drifted,
        }],
        ..ChangeSet::default()
    };
    let of_class = |scene: &Scene, class: &str| -> Vec<State> {
        let blocks = scene.blocks.iter().filter(|block| block.class == class);
        blocks.flat_map(|block| block.states.clone()).collect()
    };
    let scene = lay_out(&fabric, Some(&changes), Some(&drift));
    assert_eq!(scene, lay_out(&fabric, Some(&changes), Some(&drift)));
    let leaves = of_class(&scene, "be-leaf");
    assert_eq!(leaves[..3], [State::Drifted, State::Changed, State::Unchanged]);
    let servers = of_class(&scene, "gpu");
    assert_eq!(servers[..3], [State::Unchanged, State::Drifted, State::Unchanged]);
    let block = scene.blocks.iter().find(|block| block.class == "gpu").unwrap();
    assert_eq!(block.state, State::Drifted, "the whole drifted, since nothing else changes in it");
    let drifted = |bundle: &&Bundle| bundle.state == State::Drifted;
    let counts = scene.bundles.iter().filter(drifted).map(|bundle| bundle.drifted);
    assert_eq!(counts.sum::<u32>(), 1, "a bundle says how many");
}

#[test]
fn what_is_to_go_is_drawn_where_it_stands() {
    use crate::diff::{Deletion, Purpose, Reason};
    let fabric = sample(1, 8, 2, 1);
    let deletion = |id: u64, key: &str| Deletion {
        old: device(id, key),
        key: key.into(),
        name: key.into(),
        reason: Reason::Destroyed,
        interfaces: None,
        far: None,
    };
    let cable = |key: &str, far: &str| Deletion {
        old: Object::Cable(Default::default()),
        far: Some(far.into()),
        ..deletion(0, key)
    };
    let changes = ChangeSet {
        purpose: Purpose::Destroy,
        deletions: vec![
            cable("cable/gpu/1/a/0", "device/fe-leaf/1"),
            cable("cable/gpu/2/a/0", "device/fe-leaf/2"),
            // Of devices that nobody knows.
            cable("cable/gpu/77/a/0", "device/fe-leaf/9"),
            cable("cable/be-leaf/9/uplink/0", "device/be-spine/1"),
            cable("cable/be-leaf/9/uplink/1", "device/be-spine/1"),
            deletion(1, "device/be-leaf/1"),
            deletion(2, "device/be-leaf/9"),
        ],
        ..ChangeSet::default()
    };
    let scene = lay_out(&fabric, Some(&changes), None);
    let leaf = fabric.device_of_key("device/be-leaf/1").unwrap() as usize;
    assert_eq!(scene.blocks[scene.block_of[leaf] as usize].state, State::Removed);
    assert_eq!(scene.others.keys().collect::<Vec<_>>(), ["device/be-leaf/9"]);
    let removed: u32 = scene.bundles.iter().map(|bundle| bundle.removed).sum();
    assert_eq!(removed, 2, "links of the plan");
    let gone: Vec<_> = scene.bundles.iter().filter(|bundle| bundle.gone > 0).collect();
    let [gone] = gone[..] else { panic!("{gone:?}") };
    assert_eq!((gone.links, gone.gone, gone.state), (0, 2, State::Removed));
    assert_eq!(gone.a, scene.others["device/be-leaf/9"]);
    let spine = fabric.device_of_key("device/be-spine/1").unwrap() as usize;
    assert_eq!(gone.b, scene.block_of[spine]);
    // A device of which a cable goes is changed, as one of which a cable comes.
    assert_eq!(scene.blocks[gone.b as usize].state, State::Changed);
    let links: u32 = scene.bundles.iter().map(|bundle| bundle.links).sum();
    assert_eq!(links as usize, fabric.links.len());
}

#[test]
fn a_whole_is_as_its_parts() {
    use State::{Added, Changed, Drifted, Removed, Unchanged};
    for (parts, expected) in [
        (&[][..], Unchanged),
        (&[Added, Added], Added),
        (&[Unchanged, Drifted, Unchanged], Drifted),
        (&[Drifted, Added], Changed),
        (&[Unchanged, Removed], Changed),
        (&[Added, Removed, Added], Changed),
    ] {
        assert_eq!(State::of_parts(parts.iter().copied()), expected, "{parts:?}");
    }
}

#[test]
fn tiles_fill_their_block_wherever_it_stands() {
    for (servers, zoom) in [(1, 1.0), (5, 0.5), (8, 1.0), (32, 2.0)] {
        let scene = check(&sample(1, servers, 1, 1));
        for block in scene.blocks.iter().filter(|b| b.role == DeviceRole::Server) {
            let Area { x, y, width, height } = block.area;
            let area =
                Area { x: x * zoom, y: y * zoom, width: width * zoom, height: height * zoom };
            let look = (block.columns, block.tiles());
            assert_eq!((tile(area, look, 0).x, tile(area, look, 0).y), (area.x, area.y));
            let last = tile(area, look, block.tiles().max(4 * block.columns) - 1);
            assert!((last.x + last.width - area.x - area.width).abs() < 0.01, "{last:?}");
            assert!((last.y + last.height - area.y - area.height).abs() < 0.01, "{last:?}");
            assert!((last.width - 13.0 * zoom).abs() < 0.01);
        }
    }
}

#[test]
fn cables_leave_towards_the_other_block_and_arch_over_a_row() {
    let area = |x: f32, y: f32| Area { x, y, width: 46.0, height: 22.0 };
    assert_eq!(ends(area(0.0, 0.0), area(100.0, -190.0)), ((23.0, 0.0), (123.0, -168.0)));
    assert_eq!(ends(area(0.0, 0.0), area(0.0, 190.0)), ((23.0, 22.0), (23.0, 190.0)));
    let (a, b) = ends(area(0.0, 0.0), area(100.0, 0.0));
    assert_eq!((a, b), ((23.0, 0.0), (123.0, 0.0)), "above, both of them");
    let arch = Curve::between(a, b);
    assert_eq!((arch.at(0.0), arch.at(1.0)), (a, b));
    assert_eq!(arch.at(0.5).0, 73.0);
    assert!(arch.at(0.5).1 < -50.0 && arch.at(0.5).1 > -arch_rise(a, b));
    let curve = Curve::between((0.0, 0.0), (100.0, -200.0));
    assert_eq!(curve.a_control, (0.0, -110.0), "upright");
    assert_eq!(curve.at(0.5), (50.0, -100.0));
}

#[test]
fn labels_are_shown_as_far_as_there_is_room() {
    let mut block = check(&sample(1, 8, 1, 1)).blocks.swap_remove(0);
    assert_eq!((block.label.as_str(), block.label_width), ("r0", 46.0));
    assert_eq!(block.label_at(1.0).as_deref(), Some("r0"));
    block.state = State::Removed;
    assert_eq!(block.label_at(1.0).as_deref(), Some("− r0"));
    assert_eq!(block.label_at(0.6).as_deref(), Some("r0"), "without its glyph");
    assert_eq!(block.label_at(0.5), None, "too low");
    block.label = "a long name".to_owned();
    assert_eq!(block.label_at(1.0), None);
}

#[test]
fn a_bundle_is_wider_with_each_doubling() {
    assert_eq!([0, 1, 2, 3, 4].map(|links| bundle_width(links, 1.0)), [0.7, 0.7, 0.82, 0.82, 0.94]);
    assert_eq!(bundle_width(1, 0.001), 0.5, "a hair");
    assert!(bundle_width(u32::MAX, 100.0) < 8.0);
}

#[test]
fn what_an_undo_makes_again_is_drawn_though_the_plan_has_it_not() {
    use crate::diff::Purpose;
    use crate::inventory::{DesiredDevice, DesiredInterface, DesiredKind};
    let fabric = sample(1, 8, 2, 1);
    let kind = |class: &str, role: &str| DesiredKind {
        class: class.into(),
        fabric: String::new(),
        role: role.into(),
        device_type: "a-type".into(),
        external: None,
        interfaces: vec![DesiredInterface {
            name: "E1".into(),
            key: "a/0".into(),
            interface_type: "other".into(),
            from_type: true,
        }],
    };
    let device =
        |kind: u32, number: u32, name: &str| DesiredDevice { kind, number, name: name.into() };
    let end = |device| End { device, slot: 0 };
    let changes = ChangeSet {
        purpose: Purpose::Undo { run: "1".into() },
        desired: Arc::new(Desired {
            kinds: vec![kind("gpu", "server"), kind("be-leaf", "leaf")],
            devices: vec![
                device(0, 9, "gpu-9"),
                device(0, 10, "gpu-10"),
                device(1, 1, "be-leaf-1"),
            ],
            cables: vec![(end(0), end(2)), (end(1), end(2))],
            ..Desired::default()
        }),
        additions: vec![
            Addition::Device(0),
            Addition::Device(1),
            Addition::Cable(0),
            Addition::Cable(1),
        ],
        ..ChangeSet::default()
    };
    let scene = lay_out(&fabric, Some(&changes), None);
    assert_eq!(scene.frames.last().unwrap().label, "To come back");
    let block = scene.others["device/gpu/9"];
    assert_eq!(block, scene.others["device/gpu/10"]);
    let servers = &scene.blocks[block as usize];
    assert_eq!((servers.state, servers.count, servers.first_device), (State::Added, 2, None));
    assert_eq!(servers.name, "gpu-9 … gpu-10");
    let back: Vec<_> = scene.bundles.iter().filter(|bundle| bundle.back > 0).collect();
    let [back] = back[..] else { panic!("{back:?}") };
    assert_eq!((back.a, back.back, back.links, back.state), (block, 2, 0, State::Added));
    // The leaf that they are cabled to is changed by it.
    let leaf = fabric.device_of_key("device/be-leaf/1").unwrap() as usize;
    assert_eq!(back.b, scene.block_of[leaf]);
    assert_eq!(scene.blocks[back.b as usize].state, State::Changed);
}

#[test]
fn what_a_part_leaves_out_and_is_not_there_is_not_built() {
    use State::{Added, Changed, NotBuilt, Unchanged};
    let fabric = sample(2, 8, 2, 1);
    let servers = fabric.classes.iter().find(|class| class.id == "gpu").unwrap().first_device;
    let changes = ChangeSet {
        desired: Arc::new(Desired {
            cables: fabric.links.iter().map(|l| (l.a, l.b)).collect(),
            ..Desired::default()
        }),
        additions: vec![Addition::Device(0)],
        not_built: vec![
            // What the changes say of a device says more.
            Addition::Device(0),
            Addition::Device(1),
            Addition::Device(servers + 1),
            Addition::Cable(0),
        ],
        ..ChangeSet::default()
    };
    let scene = lay_out(&fabric, Some(&changes), None);
    let block = |device: u32| &scene.blocks[scene.block_of[device as usize] as usize];
    assert_eq!([0, 1, 2].map(|n| block(n).state), [Added, NotBuilt, Unchanged]);
    let of_servers = block(servers);
    assert_eq!(of_servers.states[..3], [Unchanged, NotBuilt, Unchanged]);
    assert_eq!(of_servers.state, Unchanged, "nothing happens to any");
    let bundle = scene.bundles[scene.bundle_of[0] as usize];
    assert_eq!((bundle.not_built, bundle.links > 1, bundle.state), (1, true, Unchanged));
    assert!(scene.legend().any(|state| state == NotBuilt));
    // Where all of it is there or to be made, no legend speaks of it.
    let whole = ChangeSet { not_built: Vec::new(), ..changes };
    let scene = lay_out(&fabric, Some(&whole), None);
    assert!(!scene.legend().any(|state| state == NotBuilt));
    assert_eq!(State::of_parts([NotBuilt, Added]), Changed);
    assert_eq!(State::of_parts([NotBuilt, State::Drifted, Unchanged]), State::Drifted);
}

/// A destroy under review of spines that the plan wants otherwise by now: its cables lead to spines
/// that are not there, and those that go lead to others.
#[test]
fn what_goes_is_not_drawn_at_what_is_wanted_there() {
    use crate::diff::{Deletion, Purpose, Reason};
    let fabric = sample(1, 8, 2, 1);
    let class = |id: &str| fabric.classes.iter().find(|class| class.id == id).unwrap();
    let leaf = class("be-leaf").first_device;
    let n = fabric.links.iter().rposition(|link| link.a.device == leaf).unwrap();
    let spine = fabric.links[n].b.device;
    let wanted = format!("device/be-spine/{}", spine - class("be-spine").first_device + 1);
    let slot = &fabric.slot(fabric.links[n].a).unwrap().key;
    let check = |far: &str, link: State, of_spine: State| {
        let changes = ChangeSet {
            purpose: Purpose::Destroy,
            deletions: vec![Deletion {
                old: Object::Cable(Default::default()),
                key: format!("cable/be-leaf/1/{slot}"),
                name: String::new(),
                reason: Reason::Destroyed,
                interfaces: None,
                far: Some(far.to_owned()),
            }],
            not_built: vec![Addition::Device(spine)],
            ..ChangeSet::default()
        };
        let states = super::states::States::of(&fabric, Some(&changes), None);
        let found = (states.link(n as u32), states.device(spine), states.device(leaf));
        assert_eq!(found, (link, of_spine, State::Changed), "{far}");
    };
    check("device/be-spine/77", State::NotBuilt, State::NotBuilt);
    check(&wanted, State::Removed, State::Changed);
}

/// Places of blocks, and the words over their rows.
#[test]
fn what_goes_stands_with_its_own_fabric() {
    use crate::diff::{Deletion, Reason};
    let fabric = sample(1, 8, 2, 1);
    let device = |key: &str, role: &str| Deletion {
        old: Object::Device(crate::inventory::DeviceRecord {
            role: role.into(),
            ..Default::default()
        }),
        key: key.into(),
        name: key.into(),
        reason: Reason::NotInPlan,
        interfaces: None,
        far: None,
    };
    let cable = |key: &str, far: &str| Deletion {
        old: Object::Cable(Default::default()),
        far: Some(far.into()),
        ..device(key, "")
    };
    let changes = ChangeSet {
        deletions: vec![
            cable("cable/st-leaf/1/uplink/0", "device/st-spine/1"),
            // A class that was called otherwise, and is of the backend by its cables.
            cable("cable/old-leaf/1/uplink/0", "device/be-spine/1"),
            // Servers join no fabrics.
            cable("cable/gpu/1/c/0", "device/st-leaf/1"),
            cable("cable/gpu/1/d/0", "device/mgmt/1"),
            device("device/st-leaf/1", "leaf"),
            device("device/st-spine/1", "spine"),
            device("device/st-spine/2", "spine"),
            device("device/old-leaf/1", "leaf"),
            device("device/be-spine/9", "spine"),
            device("device/mgmt/1", "management"),
            device("device/gpu/99", "server"),
        ],
        ..ChangeSet::default()
    };
    let scene = lay_out(&fabric, Some(&changes), None);
    let y = |key: &str| scene.blocks[scene.others[key] as usize].area.y;
    let of_plan = |key: &str| {
        let device = fabric.device_of_key(key).unwrap();
        scene.blocks[scene.block_of[device as usize] as usize].area.y
    };
    assert_eq!(y("device/be-spine/9"), of_plan("device/be-spine/1"));
    assert_eq!(y("device/old-leaf/1"), of_plan("device/be-leaf/1"));
    assert_eq!(y("device/gpu/99"), of_plan("device/gpu/1"));
    // Two fabrics that the plan has no longer: outside its own, and apart.
    assert!(y("device/mgmt/1") < of_plan("device/be-spine/1"));
    let (leaf, spine) = (y("device/st-leaf/1"), y("device/st-spine/1"));
    assert!(of_plan("device/fe-leaf/1") < leaf && leaf < spine);
    let frames = scene.frames.iter().filter(|frame| frame.label == "To be removed");
    assert_eq!(frames.count(), 4, "servers, backend, two that are gone");
    let labels: Vec<&str> = scene.labels.iter().map(|label| label.text.as_str()).collect();
    for expected in ["− st-spine · 2", "− st-leaf · 1", "− old-leaf · 1", "− mgmt · 1"]
    {
        assert!(labels.contains(&expected), "{expected} in {labels:?}");
    }
}
