//! Fills the triangles that egui makes of a frame, on the processor.
//!
//! As the window's shader does it: colours and textures are premultiplied and in gamma space,
//! textures are read between their texels, edges are soft because egui makes them so. Everything
//! is whole numbers, of 1/256 of a pixel, so that every machine fills the same pixels. Limits:
//! one point is one pixel, textures do not repeat, and nothing is painted by callbacks.

use egui::epaint::{ClippedPrimitive, ImageData, Primitive, Vertex};
use egui::{ColorImage, Rect, TextureId, TexturesDelta};
use std::collections::BTreeMap;
use std::ops::Range;

/// A pixel in the units of corners.
const ONE: i64 = 256;

/// A picture, row by row: red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<[u8; 3]>,
}

impl Pixels {
    /// A black picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, rgb: vec![[0; 3]; width * height] }
    }

    /// Adds another of the same width below.
    pub fn add_below(&mut self, other: &Pixels) {
        assert_eq!(self.width, other.width, "pictures of one width stand in a column");
        self.height += other.height;
        self.rgb.extend_from_slice(&other.rgb);
    }

    /// Paints what egui made of a frame.
    pub fn paint(&mut self, primitives: &[ClippedPrimitive], textures: &Textures) {
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let Primitive::Mesh(mesh) = primitive else { panic!("a callback cannot be painted") };
            let image = &textures.0[&mesh.texture_id];
            let room = self.room_of(*clip_rect);
            for corners in mesh.indices.chunks_exact(3) {
                let [a, b, c] =
                    [0, 1, 2].map(|n| Corner::of(&mesh.vertices[corners[n] as usize], image));
                self.fill([a, b, c], image, &room);
            }
        }
    }

    /// The columns and rows that a clip rectangle leaves.
    fn room_of(&self, clip: Rect) -> [Range<i64>; 2] {
        let within = |from: f32, to: f32, most: usize| {
            let most = most as i64;
            (from.round() as i64).clamp(0, most)..(to.round() as i64).clamp(0, most)
        };
        [within(clip.min.x, clip.max.x, self.width), within(clip.min.y, clip.max.y, self.height)]
    }

    fn fill(&mut self, [a, mut b, mut c]: [Corner; 3], image: &ColorImage, room: &[Range<i64>; 2]) {
        let mut area = turn(a.at, b.at, c.at);
        if area == 0 {
            return;
        }
        if area < 0 {
            (b, c, area) = (c, b, -area);
        }
        // A pixel on an edge between two triangles belongs to one of them.
        let least = [(b, c), (c, a), (a, b)].map(|(from, to)| {
            let (x, y) = (to.at[0] - from.at[0], to.at[1] - from.at[1]);
            let is_top_or_left = y < 0 || (y == 0 && x > 0);
            i64::from(!is_top_or_left)
        });
        let [columns, rows] = [0, 1].map(|axis| {
            let places = [a.at[axis], b.at[axis], c.at[axis]];
            let from = places.into_iter().min().unwrap_or_default().div_euclid(ONE);
            let to = places.into_iter().max().unwrap_or_default().div_euclid(ONE) + 1;
            from.max(room[axis].start)..to.min(room[axis].end)
        });
        for y in rows {
            for x in columns.clone() {
                let middle = [x * ONE + ONE / 2, y * ONE + ONE / 2];
                let weights =
                    [turn(b.at, c.at, middle), turn(c.at, a.at, middle), turn(a.at, b.at, middle)];
                if (0..3).any(|n| weights[n] < least[n]) {
                    continue;
                }
                let mix = |values: [i64; 3]| {
                    let sum: i64 = (0..3).map(|n| weights[n] * values[n]).sum();
                    (sum + area / 2).div_euclid(area)
                };
                let place = [0, 1].map(|n| mix([a.texel[n], b.texel[n], c.texel[n]]));
                let texel = read_between(image, place);
                let ink = [0, 1, 2, 3].map(|n| {
                    let color = mix([a.color[n], b.color[n], c.color[n]]);
                    let most = 255 * ONE * ONE;
                    (texel[n] * color + most / 2) / most
                });
                self.blend(x as usize, y as usize, ink);
            }
        }
    }

    fn blend(&mut self, x: usize, y: usize, [red, green, blue, alpha]: [i64; 4]) {
        let pixel = &mut self.rgb[y * self.width + x];
        for (channel, ink) in pixel.iter_mut().zip([red, green, blue]) {
            let kept = (i64::from(*channel) * (255 - alpha) + 127) / 255;
            *channel = u8::try_from(ink + kept).unwrap_or(u8::MAX);
        }
    }
}

/// A corner of a triangle, in whole numbers.
#[derive(Clone, Copy)]
struct Corner {
    at: [i64; 2],
    texel: [i64; 2],
    color: [i64; 4],
}

impl Corner {
    fn of(vertex: &Vertex, image: &ColorImage) -> Self {
        let whole = |value: f32| (value * ONE as f32).round() as i64;
        let [width, height] = image.size.map(|size| size as f32);
        Self {
            at: [whole(vertex.pos.x), whole(vertex.pos.y)],
            texel: [whole(vertex.uv.x * width), whole(vertex.uv.y * height)],
            color: vertex.color.to_array().map(i64::from),
        }
    }
}

/// Twice the area of a triangle; positive if its corners go round as the hands of a clock do.
fn turn(a: [i64; 2], b: [i64; 2], c: [i64; 2]) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// The colour of a texture between the four texels about a place, times `ONE` squared.
fn read_between(image: &ColorImage, [x, y]: [i64; 2]) -> [i64; 4] {
    let [(left, right, across), (top, bottom, down)] = [(x, 0), (y, 1)].map(|(place, axis)| {
        let before = (place - ONE / 2).div_euclid(ONE);
        let most = image.size[axis] as i64 - 1;
        let share = (place - ONE / 2).rem_euclid(ONE);
        (before.clamp(0, most) as usize, (before + 1).clamp(0, most) as usize, share)
    });
    let texel = |x: usize, y: usize| image.pixels[y * image.size[0] + x].to_array();
    let corners = [texel(left, top), texel(right, top), texel(left, bottom), texel(right, bottom)];
    let shares = [
        (ONE - across) * (ONE - down),
        across * (ONE - down),
        (ONE - across) * down,
        across * down,
    ];
    [0, 1, 2, 3].map(|n| {
        corners.iter().zip(shares).map(|(corner, share)| i64::from(corner[n]) * share).sum()
    })
}

/// The textures that egui has asked for, as they are now.
#[derive(Default)]
pub struct Textures(BTreeMap<TextureId, ColorImage>);

impl Textures {
    /// Takes what a frame has changed.
    pub fn take(&mut self, mut delta: TexturesDelta) {
        let set: BTreeMap<_, _> = delta.set.drain().collect();
        // A panel lives for a few frames: nothing has to be freed.
        delta.clear();
        for (id, deltas) in set {
            for delta in deltas {
                let ImageData::Color(image) = delta.image;
                match delta.pos {
                    None => drop(self.0.insert(id, ColorImage::clone(&image))),
                    Some([left, top]) => {
                        let whole = self.0.get_mut(&id).expect("a part of a texture that is there");
                        let width = image.size[0];
                        for (n, row) in image.pixels.chunks_exact(width).enumerate() {
                            let at = (top + n) * whole.size[0] + left;
                            whole.pixels[at..at + width].copy_from_slice(row);
                        }
                    }
                }
            }
        }
    }
}
