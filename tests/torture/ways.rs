//! The long way – a change set in a file, approved there and applied – and the short way make the
//! same: every object of the inventory with every field, ids too.

use super::home::{Home, LAB, ada, fabric, tiny};
use heddle::model::Progress;
use heddle::plan::Plan;
use heddle::session;

fn short_way(home: &Home, plan: &Plan) {
    home.save(LAB, plan);
    let (evaluation, file) = (home.evaluation(LAB), home.plan_file(LAB));
    session::approve(&file, plan, &evaluation, &ada()).expect("an approval");
    session::apply(&file, plan, &evaluation, &home.target(), &Progress::new()).expect("applied");
}

#[test]
fn both_ways_make_the_same() {
    for plans in [
        [tiny(3, ""), tiny(2, "b-"), tiny(4, "b-")],
        [fabric(4, "", 7), fabric(16, "", 7), fabric(2, "x-", 7)],
    ] {
        let long = Home::new();
        let short = long.copy();
        for plan in plans {
            long.make(LAB, &plan).expect("applied");
            short_way(&short, &plan);
            // Only the ids of the runs differ.
            assert!(long.state() == short.state(), "{:?}", plan.spec.cluster);
            assert_eq!(long.audited(LAB), short.audited(LAB));
        }
    }
}
