//! The lines of a tree of changes, as ranges: a giant has hundreds of thousands of them and a window
//! shows fifty. So a block of lines is found by its number, and a line is made when it is drawn.

use super::Row;

/// The lines of a tree: folds, and between them the items of a group with what is said of some.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// What begins at which line, ascending.
    blocks: Vec<(usize, Block)>,
    len: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Block {
    /// A section or a group, in one line.
    Fold(Row),
    /// The items of a group, one after the other.
    Items { group: (u8, String), said: Vec<Said> },
}

/// What is said of an item, below it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// The place of the item in its group.
    pub item: usize,
    /// Its lines.
    pub words: Vec<String>,
}

impl Lines {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The blocks with the line that each begins at.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, &Block)> {
        self.blocks.iter().map(|(first, block)| (*first, block))
    }

    /// Adds a section or a group.
    pub fn fold(&mut self, row: Row) {
        self.blocks.push((self.len, Block::Fold(row)));
        self.len += 1;
    }

    /// Adds the items of a group.
    pub fn items(&mut self, group: (u8, String), count: usize, said: Vec<Said>) {
        let more: usize = said.iter().map(|of| of.words.len()).sum();
        self.blocks.push((self.len, Block::Items { group, said }));
        self.len += count + more;
    }

    /// What a line belongs to, and which line of that it is.
    pub fn at(&self, line: usize) -> Option<(&Block, usize)> {
        if line >= self.len {
            return None;
        }
        let after = self.blocks.partition_point(|(first, _)| *first <= line);
        let (first, block) = self.blocks.get(after.checked_sub(1)?)?;
        Some((block, line - first))
    }
}

/// The place of the item that a line of a group has, or what it says of the item above.
pub(super) fn item_at(said: &[Said], line: usize) -> Result<usize, &str> {
    let mut above = 0;
    for Said { item, words } in said {
        let Some(n) = line.checked_sub(item + above + 1) else { break };
        if let Some(words) = words.get(n) {
            return Err(words);
        }
        above += words.len();
    }
    Ok(line - above)
}

/// The line of a group that an item has, below what is said of those above it.
pub(super) fn line_of(said: &[Said], item: usize) -> usize {
    let above = said.iter().take_while(|of| of.item < item);
    item + above.map(|of| of.words.len()).sum::<usize>()
}
