//! A mesh: two or three leaves joined to each other, without spines.
//!
//! Two leaves use all their mesh ports for each other; of three, each pair uses half of them. The
//! k-th port of one is joined to the k-th of the other. (As DIET weaves it, whose limits these
//! are.)

/// Why leaves cannot be meshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMesh {
    /// There are not two or three of them.
    Size(u32),
    /// They have different numbers of ports.
    Unlike(u32, u32),
    /// They have fewer ports than there are other leaves.
    TooFew(u32),
    /// Three leaves with an odd number of ports.
    Odd(u32),
}

/// A link of a mesh: the two leaves and the lane of each, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeshLink {
    /// The earlier leaf.
    pub a: usize,
    /// Its lane.
    pub a_lane: u32,
    /// The later leaf.
    pub b: usize,
    /// Its lane.
    pub b_lane: u32,
}

/// The links between leaves with the given numbers of mesh lanes.
pub fn wire(lanes: &[u32]) -> Result<Vec<MeshLink>, NoMesh> {
    let count = u32::try_from(lanes.len()).unwrap_or(u32::MAX);
    if !(2..=3).contains(&count) {
        return Err(NoMesh::Size(count));
    }
    let each = lanes.first().copied().unwrap_or(0);
    if let Some(other) = lanes.iter().find(|n| **n != each) {
        return Err(NoMesh::Unlike(each, *other));
    }
    if each < count - 1 {
        return Err(NoMesh::TooFew(each));
    }
    if !each.is_multiple_of(count - 1) {
        return Err(NoMesh::Odd(each));
    }
    let per_pair = each / (count - 1);
    let mut next = vec![0; lanes.len()];
    let mut links = Vec::new();
    for a in 0..lanes.len() {
        for b in a + 1..lanes.len() {
            for _ in 0..per_pair {
                let (Some(a_lane), Some(b_lane)) = (next.get(a).copied(), next.get(b).copied())
                else {
                    continue;
                };
                links.push(MeshLink { a, a_lane, b, b_lane });
                for leaf in [a, b] {
                    if let Some(n) = next.get_mut(leaf) {
                        *n += 1;
                    }
                }
            }
        }
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meshes() {
        for (lanes, expected) in [
            (&[4, 4][..], Ok(4)),
            (&[4, 4, 4], Ok(6)),
            (&[1, 1], Ok(1)),
            (&[2, 2, 2], Ok(3)),
            (&[32, 32], Ok(32)),
            (&[3, 3, 3], Err(NoMesh::Odd(3))),
            (&[2, 4], Err(NoMesh::Unlike(2, 4))),
            (&[0, 0], Err(NoMesh::TooFew(0))),
            (&[1, 1, 1], Err(NoMesh::TooFew(1))),
            (&[4], Err(NoMesh::Size(1))),
            (&[4, 4, 4, 4], Err(NoMesh::Size(4))),
        ] {
            let links = wire(lanes);
            assert_eq!(links.as_ref().map(Vec::len).map_err(|e| *e), expected, "{lanes:?}");
            let mut seen = std::collections::BTreeSet::new();
            for link in links.unwrap_or_default() {
                assert!(seen.insert((link.a, link.a_lane)) && seen.insert((link.b, link.b_lane)));
            }
        }
    }
}
