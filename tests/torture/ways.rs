//! The long way – a change set in a file, approved there and applied – and the short way make the
//! same: every byte of the inventory, ids too.

use super::home::{Home, LAB, fabric, tiny};
use heddle::model::Progress;
use heddle::plan::Plan;
use heddle::session;
use std::fs;

fn short_way(home: &Home, plan: &Plan) {
    home.save(LAB, plan);
    let (evaluation, file) = (home.evaluation(LAB), home.plan_file(LAB));
    session::approve(&file, plan, &evaluation, "Ada", "go").expect("an approval");
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
            let read = |home: &Home| fs::read(home.inventory()).expect("the inventory");
            assert!(read(&long) == read(&short), "{:?}", plan.spec.cluster);
            assert_eq!(long.audited(LAB), short.audited(LAB));
        }
    }
}
