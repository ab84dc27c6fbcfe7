//! The commands and their options, as clap reads them.

use crate::catalog::DeviceKind;
use crate::compare;
use crate::diff::Part;
use crate::export;
use crate::model::{Code, Limits};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Plan data-centre fabrics: a short spec becomes a complete cabling plan, held against an
/// inventory, approved and applied.
///
/// Without a command the window opens, with PLAN or the last plan.
#[derive(Debug, Parser)]
#[command(name = "heddle", version, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// A plan to open in the window.
    pub plan: Option<PathBuf>,
    /// What to do without a window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a plan from a preset.
    New {
        /// The preset, such as rail-optimised.
        #[arg(long, value_name = "NAME")]
        preset: String,
        /// A parameter of the preset; may be given several times.
        #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
        set: Vec<(String, String)>,
        /// The file to write; one that exists is never overwritten.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Say what is wrong or noteworthy in a plan; ends with 1 if anything is an error.
    Check {
        /// The plan.
        plan: PathBuf,
    },
    /// Show the switches, servers and links of a plan.
    Show {
        /// The plan.
        plan: PathBuf,
        /// How.
        #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
        format: ShowFormat,
    },
    /// Write the computed counts into the plan, so that growth cannot change them; the fabric
    /// stays the same.
    Pin {
        /// The plan.
        plan: PathBuf,
        /// Write the plan though the comments in the file are lost.
        #[arg(long)]
        drop_comments: bool,
    },
    /// Write the cluster of a plan out as classes; the fabric stays the same.
    Eject {
        /// The plan.
        plan: PathBuf,
        /// A new plan to write, with an identity of its own, instead of PLAN itself.
        #[arg(short, long, value_name = "FILE", conflicts_with = "drop_comments")]
        output: Option<PathBuf>,
        /// Write the plan though the comments in the file are lost.
        #[arg(long)]
        drop_comments: bool,
    },
    /// Show what another number of servers would add, move and remove; nothing is written.
    WhatIf {
        /// The plan.
        plan: PathBuf,
        /// The number of servers.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(Limits::SERVERS)))]
        servers: u32,
        /// The server class, if there is no cluster and more than one.
        #[arg(long, value_name = "ID")]
        class: Option<String>,
        /// How.
        #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
        format: ShowFormat,
    },
    /// Write every device, link or rack of a plan, or its bill of materials, as a table.
    Export {
        /// Which table.
        #[arg(value_enum)]
        table: Table,
        /// The plan.
        plan: PathBuf,
        /// How.
        #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
        format: TableFormat,
    },
    /// Draw the topology of a plan as an SVG; with --inventory or --site in the colours of what
    /// would change and what drifted there.
    Render {
        /// The plan.
        plan: PathBuf,
        /// The file to write; one that exists is never overwritten.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// The ground to draw on.
        #[arg(long, value_enum, default_value_t = DrawingTheme::Light)]
        theme: DrawingTheme,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Show what would change in the inventory, or what a change set holds; ends with 2 if anything
    /// would.
    Diff {
        /// The plan, or a change set.
        plan: PathBuf,
        #[command(flatten)]
        target: TargetArgs,
        /// Start an empty inventory in FILE if there is none.
        #[arg(long, requires = "inventory")]
        create: bool,
    },
    /// Write what would change to a file, to be reviewed, approved and applied by itself.
    Plan {
        /// The plan.
        plan: PathBuf,
        /// The change set to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Only this part, with all that it needs: fabric=NAME, su=N or class=ID; may be given
        /// several times.
        #[arg(long, value_name = "PART", value_parser = part)]
        only: Vec<Part>,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Write the deletion of everything that a plan owns to a file, to be reviewed, approved and
    /// applied like any change set.
    Destroy {
        /// The plan.
        plan: PathBuf,
        /// The change set to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Only this part, with the cables on it: fabric=NAME, su=N or class=ID; may be given several
        /// times.
        #[arg(long, value_name = "PART", value_parser = part)]
        only: Vec<Part>,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Write the way back from the newest run to a file, to be reviewed, approved and applied like
    /// any change set.
    Undo {
        /// The plan.
        plan: PathBuf,
        /// The change set to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// The run, to be sure that it is the newest.
        #[arg(long, value_name = "ID")]
        run: Option<String>,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Say where a plan stands: valid, approved, applied, in sync, drifted; ends with 2 if the
    /// inventory is not as the plan wants it.
    Status {
        /// The plan.
        plan: PathBuf,
        /// How.
        #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
        format: ShowFormat,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Approve exactly the changes that diff shows, or those of a change set.
    Approve {
        /// The plan, or a change set.
        plan: PathBuf,
        /// The name of who approves.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why, or under which ticket.
        #[arg(long, value_name = "TEXT", default_value = "")]
        comment: String,
        /// The code of a warning that has to be acknowledged, such as many-deletions; may be given
        /// several times.
        #[arg(long, value_name = "CODE", value_parser = guard)]
        acknowledge: Vec<Code>,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Make the approved changes.
    Apply {
        /// The plan, or a change set.
        plan: PathBuf,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        lock: LockArgs,
    },
    /// Go on with a run that stopped before its end.
    Resume {
        /// The plan, or a change set.
        plan: PathBuf,
        #[command(flatten)]
        target: TargetArgs,
        #[command(flatten)]
        lock: LockArgs,
    },
    /// Show what differs between two plans or two inventories; ends with 2 if anything does.
    Compare {
        /// A plan, a plan in a revision of Git as REV:PATH, or an inventory file.
        a: PathBuf,
        /// What it is compared with, of the same kind.
        b: PathBuf,
        /// One site of the inventories, instead of all.
        #[arg(long, value_name = "SLUG")]
        site: Option<String>,
        /// How.
        #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
        format: CompareFormat,
    },
    /// List who approved and applied what, and check that no record was changed or taken away.
    Audit {
        /// The plan, or a change set.
        plan: PathBuf,
        /// The inventory whose newest run must be on record; Heddle's own if it is left out.
        #[arg(long, value_name = "FILE")]
        inventory: Option<PathBuf>,
    },
    /// Read hardware or a plan from another tool's file.
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Say why a computed number is what it is.
    Explain {
        /// The plan.
        plan: PathBuf,
        /// A computed number such as be-leaf.quantity, or a place such as spec.cluster.
        path: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Read a topology plan of DIET (YAML, first or second version) and write it as a plan.
    Diet {
        /// DIET's plan.
        file: PathBuf,
        /// The plan to write, instead of standard output; one that exists is never overwritten.
        #[arg(short, long, value_name = "PLAN")]
        output: Option<PathBuf>,
    },
    /// Read a device type of the community library (YAML) and write it as a model for a catalogue
    /// or for the `models` of a plan.
    DeviceType {
        /// The device type.
        file: PathBuf,
        /// The file to write, instead of standard output; one that exists is never overwritten.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// What it is; guessed from the number of its ports if left out.
        #[arg(long = "as", value_enum, value_name = "KIND")]
        kind: Option<ModelKind>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ModelKind {
    Switch,
    Server,
}

impl From<ModelKind> for DeviceKind {
    fn from(kind: ModelKind) -> Self {
        match kind {
            ModelKind::Switch => Self::Switch,
            ModelKind::Server => Self::Server,
        }
    }
}

/// What a plan is held against.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// The inventory file; the one inside Heddle if left out. It has to be there.
    #[arg(long, value_name = "FILE")]
    pub inventory: Option<PathBuf>,
    /// The site, instead of the plan's.
    #[arg(long, value_name = "SLUG")]
    pub site: Option<String>,
}

/// What to do about another program that has the inventory open.
#[derive(Debug, Args)]
pub(super) struct LockArgs {
    /// Pass over another Heddle that has the inventory open and hangs; it can write no more.
    #[arg(long)]
    pub take_over: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ShowFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CompareFormat {
    Text,
    Json,
    Markdown,
}

impl From<CompareFormat> for compare::Format {
    fn from(format: CompareFormat) -> Self {
        match format {
            CompareFormat::Text => Self::Text,
            CompareFormat::Json => Self::Json,
            CompareFormat::Markdown => Self::Markdown,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Table {
    Devices,
    Cables,
    Racks,
    Bill,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TableFormat {
    Csv,
    Json,
}

impl From<TableFormat> for export::Format {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Csv => Self::Csv,
            TableFormat::Json => Self::Json,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DrawingTheme {
    Light,
    Dark,
}

impl From<DrawingTheme> for export::SvgTheme {
    fn from(theme: DrawingTheme) -> Self {
        match theme {
            DrawingTheme::Light => Self::Light,
            DrawingTheme::Dark => Self::Dark,
        }
    }
}

/// A part of a change set: `fabric=backend`, `su=2`, `class=gpu`.
fn part(text: &str) -> Result<Part, String> {
    let read = match text.split_once('=') {
        Some(("fabric", name)) if !name.is_empty() => Some(Part::Fabric(name.to_owned())),
        Some(("class", id)) if !id.is_empty() => Some(Part::Class(id.to_owned())),
        Some(("su", number)) => number.parse().ok().filter(|n| *n > 0).map(Part::Su),
        _ => None,
    };
    read.ok_or_else(|| "write fabric=NAME, su=N or class=ID, such as fabric=backend".to_owned())
}

/// The code of a finding that an approval may have to acknowledge.
fn guard(text: &str) -> Result<Code, String> {
    let guards = || Code::ALL.iter().copied().filter(|code| code.needs_acknowledgement());
    guards().find(|code| code.name() == text).ok_or_else(|| {
        let known: Vec<&str> = guards().map(Code::name).collect();
        format!("what can be acknowledged is {}", known.join(", "))
    })
}

fn key_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .filter(|(key, _)| !key.is_empty())
        .ok_or_else(|| "write KEY=VALUE, such as servers=256".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_plan_alone_is_for_the_window() {
        let read = |words: &[&str]| Arguments::try_parse_from(words);
        let arguments = read(&["heddle", "lab.ron"]).expect("a plan");
        assert_eq!(arguments.plan, Some(PathBuf::from("lab.ron")));
        assert!(arguments.command.is_none());
        assert!(read(&["heddle"]).is_ok_and(|a| a.plan.is_none() && a.command.is_none()));
        assert!(read(&["heddle", "lab.ron", "check", "lab.ron"]).is_err());
    }

    #[test]
    fn parameters_are_keys_and_values() {
        for (text, expected) in [
            ("servers=256", Some(("servers", "256"))),
            ("note=a=b", Some(("note", "a=b"))),
            ("servers", None),
            ("=256", None),
        ] {
            let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
            assert_eq!(key_value(text).ok(), expected, "{text}");
        }
    }
}
