//! Holds a picture against the one that is kept in `tests/pictures`.
//!
//! A newer rasteriser of fonts may set a shade a little otherwise, which nobody sees; a line that
//! moved by a pixel is told.

use super::raster::Pixels;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// Shades by which a pixel may differ from one that is kept.
const SHADES: u8 = 6;
/// Shades by which a colour that is kept may differ from the one that was drawn: so the edges of
/// letters need few colours.
const ROUNDED: u8 = 3;
/// Colours of a picture that is kept.
const MOST_COLORS: usize = 256;
/// Of so many pixels one may differ by more.
const ONE_OF: usize = 5_000;
/// Bytes of a picture, at most: many are kept, and all their former states too.
const MOST_BYTES: u64 = 25_000;

/// Where pictures are kept.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

/// Compares a picture with the one that is kept, or keeps it. A sentence if it is not as it was.
pub fn compare(name: &str, new: &Pixels) -> Result<(), String> {
    let kept = folder().join(format!("{name}.png"));
    let old = kept.is_file().then(|| read(&kept));
    if old.as_ref().is_some_and(|old| is_like(old, new)) {
        return Ok(());
    }
    if std::env::var_os("HEDDLE_WRITE_DOCS").is_some() {
        write(&kept, new);
        let bytes = fs::metadata(&kept).expect("the picture was written").len();
        return match bytes > MOST_BYTES {
            true => Err(format!("{name}.png has {bytes} bytes; at most {MOST_BYTES} are kept")),
            false if is_like(&read(&kept), new) => Ok(()),
            false => Err(format!("{name}.png has more colours than are kept")),
        };
    }
    let aside = aside();
    fs::create_dir_all(&aside).expect("a folder beside what is built");
    let shown = aside.join(format!("{name}.new.png"));
    write(&shown, new);
    let Some(old) = old else {
        return Err(format!("{name}.png is not kept yet; see {}", shown.display()));
    };
    let marked = aside.join(format!("{name}.diff.png"));
    write(&marked, &mark(&old, new));
    Err(format!("{name}.png is not as it was: see {} and {}", shown.display(), marked.display()))
}

/// A folder beside what is built: `target/pictures`.
fn aside() -> PathBuf {
    let program = std::env::current_exe().expect("a test is a program");
    // It lies in `target/debug/deps`.
    program.ancestors().nth(3).expect("a folder of what is built").join("pictures")
}

type Color = [u8; 3];

/// The shades between two colours, in the channel where they differ most.
fn apart(one: &Color, other: &Color) -> u8 {
    one.iter().zip(other).map(|(one, other)| one.abs_diff(*other)).max().unwrap_or_default()
}

fn differs(old: &Color, new: &Color) -> bool {
    apart(old, new) > SHADES
}

/// The colours to keep, the most frequent ones first, and for each that is drawn which to keep.
fn palette(picture: &Pixels) -> (Vec<Color>, BTreeMap<Color, u8>) {
    let mut counts: BTreeMap<Color, usize> = BTreeMap::new();
    picture.rgb.iter().for_each(|color| *counts.entry(*color).or_default() += 1);
    let mut drawn: Vec<_> = counts.into_iter().collect();
    drawn.sort_by_key(|(color, count)| (Reverse(*count), *color));
    let within = |shades: u8| {
        let mut kept: Vec<Color> = Vec::new();
        for (color, _) in &drawn {
            if kept.iter().all(|near| apart(near, color) > shades) {
                kept.push(*color);
            }
        }
        kept
    };
    // Shadows and curves have more colours, and lie closer to what may differ.
    let few_enough = (ROUNDED..SHADES).map(within).find(|kept| kept.len() <= MOST_COLORS);
    let mut kept = few_enough.unwrap_or_else(|| within(SHADES));
    kept.truncate(MOST_COLORS);
    let nearest =
        |color: &Color| (0..=u8::MAX).zip(&kept).min_by_key(|(_, near)| apart(near, color));
    let which =
        drawn.iter().map(|(color, _)| (*color, nearest(color).map_or(0, |n| n.0))).collect();
    (kept, which)
}

/// True if nobody would see a difference.
pub fn is_like(old: &Pixels, new: &Pixels) -> bool {
    if (old.width, old.height) != (new.width, new.height) {
        return false;
    }
    let others = old.rgb.iter().zip(&new.rgb).filter(|(old, new)| differs(old, new)).count();
    others * ONE_OF <= old.rgb.len()
}

/// The new picture, pale, with what is not as it was in magenta.
fn mark(old: &Pixels, new: &Pixels) -> Pixels {
    let mut marked = new.clone();
    for (n, pixel) in marked.rgb.iter_mut().enumerate() {
        let (x, y) = (n % new.width, n / new.width);
        let was = (x < old.width && y < old.height).then(|| &old.rgb[y * old.width + x]);
        *pixel = match was {
            Some(was) if !differs(was, pixel) => pixel.map(|shade| 64 + shade / 2),
            _ => [255, 0, 255],
        };
    }
    marked
}

fn read(path: &Path) -> Pixels {
    let file = BufReader::new(File::open(path).expect("a picture that is kept"));
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG file");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut bytes).expect("a whole PNG file");
    assert_eq!(info.color_type, png::ColorType::Rgb, "{} has other colours", path.display());
    let rgb = bytes.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Pixels { width: info.width as usize, height: info.height as usize, rgb }
}

fn write(path: &Path, picture: &Pixels) {
    let (colors, which) = palette(picture);
    let file = BufWriter::new(File::create(path).expect("a picture can be written"));
    let size = [picture.width, picture.height].map(|size| u32::try_from(size).unwrap());
    let mut encoder = png::Encoder::new(file, size[0], size[1]);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colors.concat());
    encoder.set_compression(png::Compression::High);
    // Flat grounds are shortest as they are.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().expect("a PNG file");
    let bytes: Vec<u8> = picture.rgb.iter().map(|color| which[color]).collect();
    writer.write_image_data(&bytes).expect("a whole picture");
    writer.finish().expect("the end of a PNG file");
}

#[test]
fn what_moved_is_told_and_a_shade_is_not() {
    let blank = Pixels { width: 300, height: 200, rgb: vec![[40; 3]; 300 * 200] };
    let line = |y: usize| {
        let mut picture = blank.clone();
        (100..200).for_each(|x| picture.rgb[y * 300 + x] = [90; 3]);
        picture
    };
    let shade = Pixels { rgb: vec![[43, 37, 40]; 300 * 200], ..blank.clone() };
    let ground = Pixels { rgb: vec![[49, 50, 53]; 300 * 200], ..blank.clone() };
    let smaller = Pixels { height: 199, rgb: vec![[40; 3]; 300 * 199], ..blank.clone() };
    for (old, new, expected) in [
        (&line(50), &line(50), true),
        (&line(50), &line(51), false),
        (&line(50), &blank, false),
        (&blank, &shade, true),
        (&blank, &ground, false),
        (&blank, &smaller, false),
    ] {
        assert_eq!(is_like(old, new), expected);
    }
}
