//! Where a plan stands, and how long a run will take.

use super::*;

#[test]
fn conditions_follow_the_plan_and_its_target() {
    let home = Home::new();
    let check = |expected: [(&str, ConditionStatus); 6], phase: Phase| {
        let held = home.hold();
        assert_eq!(held.phase().phase, phase);
        let found: Vec<(String, ConditionStatus)> =
            held.standing().conditions.into_iter().map(|c| (c.reason, c.status)).collect();
        let found: Vec<(&str, ConditionStatus)> =
            found.iter().map(|(reason, status)| (reason.as_str(), *status)).collect();
        assert_eq!(found, expected);
    };
    use ConditionStatus::{False, True, Unknown};
    let (valid, fresh) = (("NoErrors", True), ("Read", True));
    let changes = ("Changes", False);
    let recorded = ("OnRecord", True);
    check(
        [valid, fresh, ("NotApproved", False), ("NeverApplied", False), changes, recorded],
        Phase::Planned,
    );
    let held = home.hold();
    let plan = home.plan();
    session::approve(&home.path("lab.ron"), &plan, &held.evaluation, &Approver::new("Ada", ""))
        .expect("an approval");
    check(
        [valid, fresh, ("Covered", True), ("NeverApplied", False), changes, recorded],
        Phase::Approved,
    );
    home.converge();
    let equal = ("NoChanges", True);
    check(
        [valid, fresh, ("NothingToChange", Unknown), ("Done", True), equal, recorded],
        Phase::Applied,
    );
    home.servers(18);
    check(
        [valid, fresh, ("Changed", False), ("SpecChanged", False), changes, recorded],
        Phase::Planned,
    );
    home.servers(0);
    check(
        [
            ("Errors", False),
            ("NotCompared", Unknown),
            ("NoChangeSet", Unknown),
            ("SpecChanged", False),
            ("NotCompared", Unknown),
            ("NotCompared", Unknown),
        ],
        Phase::Draft,
    );
}

/// A target that equals the plan is applied, in the phase and in the condition, by whatever way it
/// came to that.
#[test]
fn what_equals_the_plan_is_applied() {
    let home = Home::new();
    home.converge();
    let check = |reason: &str| {
        let held = home.hold();
        assert_eq!(held.phase().phase, Phase::Applied);
        let applied = &held.standing().conditions[3];
        assert_eq!((applied.reason.as_str(), applied.status), (reason, ConditionStatus::True));
    };
    check("Done");
    home.edit(|plan| plan.metadata.description = "A note changes no device.".to_owned());
    check("AsPlanned");
    home.servers(18);
    home.converge();
    check("Done");
    home.run(&home.newest(), &[], &[Code::ManyDeletions]);
    assert_eq!(home.hold().phase().phase, Phase::Planned);
    assert_eq!(home.hold().standing().conditions[3].reason, "TakenBack");
    home.servers(16);
    check("LedBack");
}

#[test]
fn a_measured_run_tells_how_long_the_next_will_take() {
    let home = Home::new();
    let estimate = home.hold().estimate().expect("changes");
    assert_eq!(estimate.seconds, None, "nothing was measured yet");
    assert!(estimate.batches > 3 && estimate.objects == changes(&home.hold()).added());
    home.converge();
    assert_eq!(home.hold().estimate(), None, "nothing to do");
    home.servers(18);
    let estimate = home.hold().estimate().expect("changes");
    assert!(estimate.seconds.is_some(), "{estimate:?}");
    let run = home.hold().records.runs[0].clone();
    let (written, _) = run.pace.expect("a pace");
    assert!(written > 100, "{run:?}");
}

/// A run leaves its id in the inventory before its first write. If that write fails, it is on
/// record all the same, and the plan is no copy.
#[test]
fn a_run_whose_first_write_failed_is_known() {
    let home = Home::applied();
    home.servers(18);
    let held = home.hold();
    let plan = (home.path("lab.ron"), home.plan());
    session::approve(&plan.0, &plan.1, &held.evaluation, &Approver::new("Ada", ""))
        .expect("an approval");
    let records = session::records(&plan.0, &plan.1).expect("records");
    let approved = heddle::workflow::authorise(&held.evaluation, &records).expect("approved");
    let folder = store::RecordsFolder::read(&plan.0, plan.1.metadata.id).expect("records");
    let mut run =
        folder.begin_run(&approved, &session::now(), home.known().as_deref()).expect("a run");
    home.inventory().begin_run(plan.1.metadata.id, "dc1", run.run_id()).expect("noted");
    let ending = Ending::Failed { cause: "the disk is full".to_owned() };
    run.note(&Entry::End { ending }).expect("noted");
    assert!(heddle::workflow::guards(&home.hold().evaluation.findings).is_empty());
}

/// An approval that has served does not cover the same changes again, and says so.
#[test]
fn an_approval_that_has_served_is_told() {
    let home = Home::applied();
    home.servers(15);
    home.converge();
    home.servers(16);
    home.converge();
    let held = home.hold();
    let served = held.records.approvals.last().expect("an approval").digests;
    // Somebody takes away just what that run made.
    let run = &held.records.runs.last().expect("a run").id;
    let (made, _) = store::read_run_changes(&home.path("lab.ron"), run).expect("its changes");
    home.take_away(&made.touched());
    let held = home.hold();
    assert_eq!(held.evaluation.digests, served, "the changes are the same");
    let condition = &held.standing().conditions[2];
    assert_eq!((condition.status, condition.reason.as_str()), (ConditionStatus::False, "Used"));
    assert_eq!(held.phase().phase, Phase::Planned);
}
