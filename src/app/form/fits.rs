//! What each model of a list would lead to: they are tried one after another beside the drawing,
//! while the list is open.
//!
//! A model does not fit if the plan with it has an error that it has not with every model: what is
//! wrong elsewhere says nothing of the models. Of one that fits is told how many switches its fabric
//! would have (or how many servers or racks the plan) and what they draw, and how that differs from
//! now. Limits: a choice that fits may still
//! be a poor one; what only the inventory could object to is not looked at; of a giant plan only
//! the model at the line is tried.

use super::pickers::ModelKind;
use crate::app::Window;
use crate::app::model::Model;
use crate::catalog::Catalog;
use crate::diff::Addition;
use crate::evaluate::{Evaluation, Inputs, evaluate};
use crate::fabric::{DeviceRole, Fabric};
use crate::model::{
    Cancelled, Code, Edit, EditValue, Progress, Severity, SpecPath, counted, grouped,
};
use crate::plan::{Plan, apply_edit};
use crate::session::Job;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Links of a plan above which only the model at the line is tried: all would take minutes.
const GIANT_LINKS: usize = 100_000;

/// Devices, and what they draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct Tally {
    /// How many: switches, servers or racks, by what the models are.
    count: u64,
    /// What those draw at most that say so.
    watts: u64,
    /// Those that do not say.
    unsaid: u64,
}

impl Tally {
    fn add(&mut self, count: u64, watts: Option<u32>) {
        self.count += count;
        match watts {
            Some(watts) => self.watts += count * u64::from(watts),
            None => self.unsaid += count,
        }
    }
}

/// What counts where a model of a kind is chosen, by fabric: another model changes no other one.
#[derive(Clone, Debug, Default)]
struct Tallies {
    /// By the name of the fabric; what belongs to none under no name.
    all: BTreeMap<String, Tally>,
    /// The fabrics of the field.
    own: BTreeSet<String>,
}

impl Tallies {
    fn of((kind, path): (ModelKind, &SpecPath), fabric: &Fabric, catalog: &Catalog) -> Self {
        let mut tallies = Self::default();
        if kind == ModelKind::Rack {
            let racks = fabric.racking.as_ref().map_or(0, |racking| racking.racks.len() as u64);
            tallies.all.entry(String::new()).or_default().add(racks, None);
            return tallies;
        }
        for class in &fabric.classes {
            let watts = match (kind, class.role) {
                (ModelKind::Server, DeviceRole::Server) => {
                    catalog.servers.get(&class.model).and_then(|model| model.max_power_w)
                }
                (ModelKind::Switch | ModelKind::Card, role) if role.is_switch() => {
                    catalog.switches.get(&class.model).and_then(|model| model.max_power_w)
                }
                _ => continue,
            };
            let name = class.fabric.clone().unwrap_or_default();
            if class.model_path == *path {
                tallies.own.insert(name.clone());
            }
            tallies.all.entry(name).or_default().add(u64::from(class.count), watts);
        }
        tallies
    }

    /// The sum over some fabrics; over all without any.
    fn over(&self, names: &BTreeSet<&String>) -> Tally {
        let of = self.all.iter().filter(|(name, _)| names.is_empty() || names.contains(name));
        of.fold(Tally::default(), |sum, (_, one)| Tally {
            count: sum.count + one.count,
            watts: sum.watts + one.watts,
            unsaid: sum.unsaid + one.unsaid,
        })
    }

    /// The figures that are to be held against each other: then, and now.
    fn against(&self, now: Option<&Self>) -> (Tally, Option<Tally>) {
        let names = self.own.iter().chain(now.into_iter().flat_map(|now| &now.own)).collect();
        (self.over(&names), now.map(|now| now.over(&names)))
    }
}

/// What is told of a model that fits, as a row of a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct Figures {
    /// `24 switches`
    pub count: String,
    /// `54.0 kW`, empty if nothing says.
    pub power: String,
    /// `−4`, empty where it is not known what there is now.
    pub count_change: String,
    /// `−2.1 kW`
    pub power_change: String,
    /// All of that for a screen reader.
    pub spoken: String,
}

impl Figures {
    fn of(kind: ModelKind, then: Tally, now: Option<Tally>) -> Self {
        let (one, many) = match kind {
            ModelKind::Switch | ModelKind::Card => ("switch", "switches"),
            ModelKind::Server => ("server", "servers"),
            ModelKind::Rack => ("rack", "racks"),
        };
        let count = counted(then.count, one, many);
        let power = match (then.watts, then.unsaid) {
            (0, 1..) => String::new(),
            (watts, 0) => kilowatts(watts),
            (watts, _) => format!("≥ {}", kilowatts(watts)),
        };
        let mut spoken = vec![count.clone()];
        if !power.is_empty() {
            spoken.push(power.replace('≥', "at least"));
        }
        let (mut count_change, mut power_change) = (String::new(), String::new());
        if let Some(now) = now {
            count_change = signed(now.count, then.count, grouped);
            spoken.push(compared(now.count, then.count, "fewer", "more", grouped));
            if then.unsaid == 0 && now.unsaid == 0 {
                power_change = signed(now.watts, then.watts, kilowatts);
                spoken.push(compared(now.watts, then.watts, "less", "more", kilowatts));
            }
            if then == now {
                (count_change, power_change) = ("as now".to_owned(), String::new());
                spoken.retain(|words| !words.is_empty());
                spoken.push("as now".to_owned());
            }
        }
        spoken.retain(|words| !words.is_empty());
        Self { count, power, count_change, power_change, spoken: spoken.join(", ") }
    }
}

/// `950 W`, `8.4 kW`, `1,305 kW`: what of a plan can be kept in mind.
fn kilowatts(watts: u64) -> String {
    match watts {
        0..1_000 => format!("{watts} W"),
        1_000..99_950 => {
            let tenths = (watts + 50) / 100;
            format!("{}.{} kW", tenths / 10, tenths % 10)
        }
        _ => format!("{} kW", grouped((watts + 500) / 1_000)),
    }
}

/// The way from one number to another: `−4`, `+4`, `±0`.
fn signed(now: u64, then: u64, words: fn(u64) -> String) -> String {
    let by = words(now.abs_diff(then));
    match then.cmp(&now) {
        std::cmp::Ordering::Less => format!("−{by}"),
        std::cmp::Ordering::Equal => "±0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{by}"),
    }
}

/// The same to be spoken; nothing where they are equal.
fn compared(now: u64, then: u64, less: &str, more: &str, words: fn(u64) -> String) -> String {
    let by = words(now.abs_diff(then));
    match then.cmp(&now) {
        std::cmp::Ordering::Less => format!("{by} {less}"),
        std::cmp::Ordering::Equal => String::new(),
        std::cmp::Ordering::Greater => format!("{by} {more}"),
    }
}

/// What is known of a model in a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::app) enum Tried {
    /// Nothing, and nobody looks.
    #[default]
    Nothing,
    /// It is being tried, or will be.
    Soon,
    /// It fits.
    Fits(Figures),
    /// Its first error, in the plan with it.
    Unfit(String),
}

/// A plan with a model: its errors in the order of findings, and what there is of it.
#[derive(Clone, Debug)]
struct Trial {
    errors: Vec<(Code, SpecPath, String)>,
    tallies: Tallies,
}

impl Trial {
    fn of(at: (ModelKind, &SpecPath), evaluation: &Evaluation, catalog: &Catalog) -> Self {
        let errors = evaluation.findings.iter().filter(|f| f.severity == Severity::Error);
        Self {
            errors: errors.map(|f| (f.code, f.path.clone(), f.text.clone())).collect(),
            tallies: Tallies::of(at, &evaluation.fabric, catalog),
        }
    }

    fn has(&self, code: Code, path: &SpecPath) -> bool {
        self.errors.iter().any(|(of, at, _)| *of == code && at == path)
    }
}

/// What came of trying the models of a field so far.
#[derive(Clone, Debug)]
pub(in crate::app) struct Fits {
    path: SpecPath,
    plan: Arc<Plan>,
    kind: ModelKind,
    /// The plan as it is, once that was looked at.
    now: Option<Trial>,
    /// Devices of the field in the inventory; `None` while the plan is not held against it.
    applied: Option<u64>,
    tried: BTreeMap<String, Trial>,
    /// What is being tried; empty if nothing is.
    under_way: Vec<String>,
    /// It ended without an answer, so it is not begun again.
    given_up: bool,
}

impl Fits {
    fn new(path: SpecPath, plan: Arc<Plan>, kind: ModelKind) -> Self {
        Self {
            path,
            plan,
            kind,
            now: None,
            applied: None,
            tried: BTreeMap::new(),
            under_way: Vec::new(),
            given_up: false,
        }
    }

    /// What is known of a model.
    pub fn of(&self, id: &str) -> Tried {
        let Some(trial) = self.tried.get(id) else {
            let soon = self.under_way.iter().any(|one| one == id);
            return if soon { Tried::Soon } else { Tried::Nothing };
        };
        let sound = self.now.as_ref().filter(|now| now.errors.is_empty());
        if trial.errors.is_empty() {
            let (then, now) = trial.tallies.against(sound.map(|now| &now.tallies));
            return Tried::Fits(Figures::of(self.kind, then, now));
        }
        // An error that every model has is another's fault.
        let own = trial.errors.iter().find(|(code, path, _)| {
            sound.is_some() || self.tried.values().any(|other| !other.has(*code, path))
        });
        match own {
            Some((.., text)) => Tried::Unfit(text.clone()),
            None if self.under_way.is_empty() => Tried::Nothing,
            None => Tried::Soon,
        }
    }

    /// The error that the plan has with every model, once all were tried: without it mended there are
    /// no figures.
    pub fn in_the_way(&self) -> Option<&str> {
        let now = self.now.as_ref().filter(|_| self.under_way.is_empty())?;
        let with_all = |(code, path, _): &&(Code, SpecPath, String)| {
            !self.tried.is_empty() && self.tried.values().all(|trial| trial.has(*code, path))
        };
        now.errors.iter().find(with_all).map(|(.., text)| text.as_str())
    }

    /// How many devices of the field are in the inventory.
    pub fn applied(&self, model: &Model) -> u64 {
        let answer = model.answer.as_ref().filter(|answer| Arc::ptr_eq(&answer.plan, &self.plan));
        let late = || answer.map(|answer| in_inventory(&answer.evaluation, &self.path));
        self.applied.or_else(late).unwrap_or(0)
    }

    /// Those of some models that are still to be tried, if that is to be asked for.
    pub fn untried(&self, ids: Vec<String>) -> Vec<String> {
        let known = |id: &String| self.tried.contains_key(id) || self.under_way.contains(id);
        let mut ids = ids;
        ids.retain(|id| !known(id) && !self.given_up);
        ids
    }

    /// True if it is about that field of that plan.
    pub fn is_of(&self, path: &SpecPath, plan: &Arc<Plan>) -> bool {
        self.path == *path && Arc::ptr_eq(&self.plan, plan)
    }

    fn take(&mut self, news: News) {
        match news {
            News::Now(trial, applied) => (self.now, self.applied) = (Some(trial), applied),
            News::Tried(id, trial) => {
                self.under_way.retain(|one| *one != id);
                self.tried.extend(trial.map(|trial| (id, trial)));
            }
        }
    }
}

/// What the thread that tries models brings.
#[derive(Debug)]
enum News {
    /// The plan as it is, and the devices of the field in the inventory.
    Now(Trial, Option<u64>),
    /// A model; nothing if the field does not take it.
    Tried(String, Option<Trial>),
}

/// Models of a field that are being tried, and where what came of it arrives.
pub(in crate::app) struct Fitting {
    path: SpecPath,
    plan: Arc<Plan>,
    job: Job<Result<(), Cancelled>>,
    news: Receiver<News>,
}

/// Where the window stands, for what is tried.
struct Basis {
    plan: Arc<Plan>,
    catalog: Arc<Catalog>,
    /// What is known of the plan as it is.
    evaluation: Option<Arc<Evaluation>>,
    path: SpecPath,
    kind: ModelKind,
}

/// Looks at the plan as it is, and tries models in a field.
fn try_all(
    basis: &Basis,
    ids: Vec<String>,
    tell: &mut dyn FnMut(News),
    progress: &Progress,
) -> Result<(), Cancelled> {
    let Basis { plan, catalog, evaluation, path, kind } = basis;
    // The plan's own models count as well.
    let own = catalog.with(&plan.spec.models).ok();
    let own = own.as_ref().unwrap_or(catalog);
    let applied = evaluation.as_ref().map(|evaluation| in_inventory(evaluation, path));
    let now = match evaluation {
        Some(evaluation) => Arc::clone(evaluation),
        None => Arc::new(evaluate(&Inputs::of(plan, catalog), progress)?),
    };
    tell(News::Now(Trial::of((*kind, path), &now, own), applied));
    drop(now);
    for id in ids {
        let mut with = Plan::clone(plan);
        let edit = Edit { path: path.clone(), value: EditValue::Text(id.clone()) };
        let trial = match apply_edit(&mut with, &edit) {
            Ok(()) => {
                let evaluation = evaluate(&Inputs::of(&with, catalog), progress)?;
                Some(Trial::of((*kind, path), &evaluation, own))
            }
            Err(_) => None,
        };
        tell(News::Tried(id, trial));
    }
    Ok(())
}

/// Devices in the inventory whose model stands at a place: those that are not to be made. 0 where
/// that is not known.
fn in_inventory(evaluation: &Evaluation, path: &SpecPath) -> u64 {
    let changes = evaluation.changes.as_ref();
    let whole = changes.filter(|c| c.purpose.is_converge() && c.left_out.is_empty());
    let Some(changes) = whole else { return 0 };
    let classes = evaluation.fabric.classes.iter().filter(|class| class.model_path == *path);
    let of: BTreeMap<&str, u64> =
        classes.map(|class| (class.id.as_str(), u64::from(class.count))).collect();
    let desired = &changes.desired;
    let made = changes.additions.iter().filter(|addition| {
        let Addition::Device(n) = addition else { return false };
        let device = desired.devices.get(*n as usize);
        let kind = device.and_then(|device| desired.kinds.get(device.kind as usize));
        kind.is_some_and(|kind| of.contains_key(kind.class.as_str()))
    });
    of.values().sum::<u64>().saturating_sub(made.count() as u64)
}

/// Notes in each frame that the list of a field is open: what is tried for it goes on.
pub(super) fn keep_trying(ui: &egui::Ui) {
    let pass = ui.ctx().cumulative_pass_nr();
    ui.data_mut(|data| data.insert_temp(egui::Id::new("models are chosen"), pass));
}

impl Window {
    /// Tries models in a field; what is known of others there stays.
    pub(in crate::app) fn try_models(
        &mut self,
        (path, kind): (SpecPath, ModelKind),
        ids: Vec<String>,
    ) {
        let plan = Arc::clone(&self.model.plan);
        let known = self.model.fits.take().filter(|fits| fits.is_of(&path, &plan));
        let mut fits = known.unwrap_or_else(|| Fits::new(path.clone(), Arc::clone(&plan), kind));
        // What was tried before is let go; what came of it is kept.
        self.fitting = None;
        fits.under_way.clone_from(&ids);
        self.model.fits = Some(fits);
        let answer = self.model.answer.as_ref().filter(|a| Arc::ptr_eq(&a.plan, &plan));
        let basis = Basis {
            plan: Arc::clone(&plan),
            catalog: Arc::clone(&self.model.catalog),
            evaluation: answer.map(|answer| Arc::clone(&answer.evaluation)),
            path: path.clone(),
            kind,
        };
        let (sender, news) = channel();
        let (wake, wake_at_end) = (self.context.clone(), self.context.clone());
        let work = move |progress: &Progress| {
            let mut tell = |news| {
                // Whoever asked may be gone; then nobody wants to hear.
                sender.send(news).unwrap_or_default();
                wake.request_repaint();
            };
            try_all(&basis, ids, &mut tell, progress)
        };
        let job = Job::start(Progress::new(), work, move || wake_at_end.request_repaint());
        self.fitting = Some(Fitting { path, plan, job, news });
    }

    /// Takes what came of it, and lets it go once the list is closed or the plan is another.
    pub(in crate::app) fn follow_fitting(&mut self) {
        let Some(fitting) = &mut self.fitting else { return };
        let ended = fitting.job.take();
        let fits = self.model.fits.as_mut().filter(|fits| {
            fits.is_of(&fitting.path, &fitting.plan) && Arc::ptr_eq(&fitting.plan, &self.model.plan)
        });
        let drawn = self.context.data(|data| data.get_temp(egui::Id::new("models are chosen")));
        let open = drawn.is_some_and(|pass: u64| pass + 2 >= self.context.cumulative_pass_nr());
        let Some(fits) = fits else {
            // What would come is of another plan.
            self.fitting = None;
            return;
        };
        for news in fitting.news.try_iter() {
            fits.take(news);
        }
        if ended.is_some() || !open {
            fits.under_way.clear();
            fits.given_up |= ended.is_some_and(|end| end.is_err());
            self.fitting = None;
        }
    }
}

/// True if trying every model of a list would take too long.
pub(super) fn is_giant(model: &Model) -> bool {
    let drawn = model.last_whole.iter().chain(&model.answer);
    drawn.into_iter().any(|answer| answer.evaluation.fabric.links.len() > GIANT_LINKS)
}

#[cfg(test)]
pub(in crate::app) mod tests {
    use super::*;
    use crate::model::PlanId;
    use crate::plan::preset::build;

    fn plan() -> Plan {
        build("rail-optimised", &[], PlanId(uuid::Uuid::nil())).unwrap()
    }

    fn basis(plan: &Plan, path: &str, kind: ModelKind) -> Basis {
        Basis {
            plan: Arc::new(plan.clone()),
            catalog: Arc::new(Catalog::built_in().unwrap()),
            evaluation: None,
            path: SpecPath::new(path),
            kind,
        }
    }

    /// What comes of trying models in a field of a plan.
    pub fn tried(plan: &Arc<Plan>, path: &str, kind: ModelKind, ids: &[String]) -> Fits {
        let basis = Basis { plan: Arc::clone(plan), ..basis(plan, path, kind) };
        let mut fits = Fits::new(basis.path.clone(), Arc::clone(plan), kind);
        try_all(&basis, ids.to_vec(), &mut |news| fits.take(news), &Progress::new()).unwrap();
        fits
    }

    /// The same window with devices in the inventory, and with models that are still to be tried.
    pub fn waiting(mut fits: Fits, applied: u64, ids: &[&str]) -> Fits {
        fits.applied = Some(applied);
        fits.under_way = ids.iter().map(|id| (*id).to_owned()).collect();
        fits.tried.retain(|id, _| !ids.contains(&id.as_str()));
        fits
    }

    fn switches() -> Vec<String> {
        Catalog::built_in().unwrap().switches.keys().cloned().collect()
    }

    #[test]
    fn models_that_do_not_fit_say_why() {
        let plan = plan();
        let of = |plan: &Plan, path: &str| {
            tried(&Arc::new(plan.clone()), path, ModelKind::Switch, &switches())
        };
        let spines = of(&plan, "spec.cluster.backend.spine_model");
        assert!(matches!(spines.of("celestica-ds5000"), Tried::Fits(_)));
        let unfit = switches().into_iter().filter(|id| matches!(spines.of(id), Tried::Unfit(_)));
        let unfit = unfit.count();
        assert!(unfit > 0 && unfit < switches().len(), "{unfit}");
        assert_eq!(spines.of("nobody-makes-it"), Tried::Nothing);
        // What is wrong elsewhere is no fault of theirs; there are no figures of half a plan.
        let mut broken = plan.clone();
        broken.spec.cluster.as_mut().unwrap().server_model = "nobody-knows-it".to_owned();
        let alone = of(&broken, "spec.cluster.frontend.spine_model");
        assert_eq!(alone.of("celestica-ds5000"), Tried::Nothing);
    }

    /// The figures are those of the plan with the model: all switches of its fabric, all servers.
    #[test]
    fn figures_are_those_of_the_changed_plan() {
        let catalog = Catalog::built_in().unwrap();
        let mut plan = plan();
        // Most models do not say what they draw.
        plan.spec.models.switches = catalog.switches.values().cloned().collect();
        for (n, model) in (0u32..).zip(&mut plan.spec.models.switches) {
            model.max_power_w = Some(1_000 + 37 * n);
        }
        let own = catalog.with(&plan.spec.models).unwrap();
        let plan = Arc::new(plan);
        let check = |path: &str, kind: ModelKind, ids: Vec<String>, fabric: Option<&str>| {
            let fits = tried(&plan, path, kind, &ids);
            let counted = |plan: &Plan| {
                let evaluation = evaluate(&Inputs::of(plan, &catalog), &Progress::new()).unwrap();
                assert!(!evaluation.has_errors());
                let classes = evaluation.fabric.classes.iter().filter(|class| match kind {
                    ModelKind::Server => class.role == DeviceRole::Server,
                    _ => class.role.is_switch(),
                });
                let of = classes.filter(|c| fabric.is_none() || c.fabric.as_deref() == fabric);
                of.fold((0, 0), |(count, power), class| {
                    let watts = match kind {
                        ModelKind::Server => own.servers[&class.model].max_power_w,
                        _ => own.switches[&class.model].max_power_w,
                    };
                    let devices = u64::from(class.count);
                    (count + devices, power + devices * u64::from(watts.unwrap()))
                })
            };
            let (now, now_watts) = counted(&plan);
            let mut fitting = 0;
            for id in ids {
                let Tried::Fits(figures) = fits.of(&id) else { continue };
                fitting += 1;
                let mut with = Plan::clone(&plan);
                let value = EditValue::Text(id.clone());
                apply_edit(&mut with, &Edit { path: SpecPath::new(path), value }).unwrap();
                let (count, power) = counted(&with);
                assert!(figures.count.starts_with(&format!("{} ", grouped(count))), "{figures:?}");
                assert_eq!(figures.power, kilowatts(power), "{id}");
                if (count, power) == (now, now_watts) {
                    assert_eq!(figures.count_change, "as now", "{id}");
                } else {
                    assert_eq!(figures.count_change, signed(now, count, grouped), "{id}");
                    assert_eq!(figures.power_change, signed(now_watts, power, kilowatts), "{id}");
                }
                assert!(figures.spoken.starts_with(&figures.count), "{figures:?}");
            }
            assert!(fitting > 0, "{path}");
        };
        for (field, fabric) in [
            ("backend.spine_model", "backend"),
            ("backend.leaf_model", "backend"),
            ("frontend.leaf_model", "frontend"),
        ] {
            check(&format!("spec.cluster.{field}"), ModelKind::Switch, switches(), Some(fabric));
        }
        let servers = catalog.servers.iter().filter(|(_, model)| model.max_power_w.is_some());
        let servers = servers.map(|(id, _)| id.clone()).collect();
        check("spec.cluster.server_model", ModelKind::Server, servers, None);
        let cards = catalog.nics.keys().cloned().collect();
        check("spec.cluster.backend.nic", ModelKind::Card, cards, None);
    }

    /// Those that were applied are counted, those that are still to be made are not.
    #[test]
    fn devices_in_the_inventory_are_counted() {
        use crate::app::pictures::states::{self, World};
        let plan = states::plan(16);
        let check = |world: World, path: &str, expected: &str| {
            let model = states::computed(plan.clone(), world);
            let evaluation = &model.answer.as_ref().unwrap().evaluation;
            let class = evaluation.fabric.class(expected);
            let found = in_inventory(evaluation, &SpecPath::new(path));
            assert_eq!(found, class.map_or(0, |class| u64::from(class.count)), "{path}");
        };
        let spines = "spec.cluster.backend.spine_model";
        check(World::after(&plan), spines, "be-spine");
        check(World::after(&plan), "spec.cluster.server_model", "gpu");
        check(World::after(&plan), "spec.cluster.backend.nic", "");
        check(World::default(), spines, "");
    }

    #[test]
    fn figures_in_words() {
        let check = |then: (u64, u64, u64), now: Option<(u64, u64, u64)>, expected: [&str; 5]| {
            let tally = |(count, watts, unsaid)| Tally { count, watts, unsaid };
            let found = Figures::of(ModelKind::Switch, tally(then), now.map(tally));
            let [count, power, count_change, power_change, spoken] =
                expected.map(std::borrow::ToOwned::to_owned);
            let expected = Figures { count, power, count_change, power_change, spoken };
            assert_eq!(found, expected);
        };
        check(
            (12, 8_400, 0),
            Some((16, 10_500, 0)),
            ["12 switches", "8.4 kW", "−4", "−2.1 kW", "12 switches, 8.4 kW, 4 fewer, 2.1 kW less"],
        );
        check(
            (1, 950, 0),
            Some((1, 900, 0)),
            ["1 switch", "950 W", "±0", "+50 W", "1 switch, 950 W, 50 W more"],
        );
        check(
            (2_000, 1_305_400, 0),
            Some((2_000, 1_305_400, 0)),
            ["2,000 switches", "1,305 kW", "as now", "", "2,000 switches, 1,305 kW, as now"],
        );
        // Where a model does not say what it draws, the sum is the least, and nothing is compared.
        check(
            (4, 99_960, 1),
            Some((2, 100, 0)),
            ["4 switches", "≥ 100 kW", "+2", "", "4 switches, at least 100 kW, 2 more"],
        );
        check((4, 0, 4), None, ["4 switches", "", "", "", "4 switches"]);
    }

    /// Nothing is asked for twice, and an answer about another plan or field is none.
    #[test]
    fn what_was_tried_is_of_its_field_and_plan() {
        let plan = Arc::new(plan());
        let path = SpecPath::new("spec.cluster.backend.spine_model");
        let two: Vec<String> = ["celestica-ds5000", "nvidia-sn5600"].map(str::to_owned).into();
        let fits = tried(&plan, path.as_str(), ModelKind::Switch, &two[..1]);
        assert!(fits.is_of(&path, &plan));
        let edited = Arc::new(Plan::clone(&plan));
        assert!(!fits.is_of(&path, &edited), "another state of the plan");
        assert!(!fits.is_of(&SpecPath::new("spec.cluster.backend.leaf_model"), &plan));
        assert_eq!(fits.untried(two.clone()), two[1..]);
        let fits = waiting(fits, 0, &["nvidia-sn5600"]);
        assert_eq!(fits.untried(two.clone()), Vec::<String>::new());
        assert_eq!(fits.of("nvidia-sn5600"), Tried::Soon);
        let failed = Fits { under_way: Vec::new(), given_up: true, ..fits };
        assert_eq!(failed.untried(two), Vec::<String>::new());
    }

    #[test]
    fn what_is_cancelled_tells_no_more() {
        let plan = plan();
        let basis = basis(&plan, "spec.cluster.backend.spine_model", ModelKind::Switch);
        let progress = Progress::new();
        let mut told = 0;
        let mut tell = |_| {
            told += 1;
            progress.cancel();
        };
        assert!(try_all(&basis, switches(), &mut tell, &progress).is_err());
        assert_eq!(told, 1);
    }
}
