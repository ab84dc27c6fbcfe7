use super::*;
use crate::plan::testing::{full_plan, plans};
use crate::store::write_plan;
use proptest::prelude::*;

fn named(name: &str) -> Draft {
    let mut plan = full_plan();
    name.clone_into(&mut plan.metadata.name);
    Draft { path: None, base: None, mends: false, plan: Arc::new(plan), text: None }
}

/// The files in a folder, without locks.
fn files(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.ends_with(".lock")).collect();
    names.sort();
    names
}

/// A draft of a window that is gone, and its file.
fn left_behind(dir: &Path, draft: &Draft) -> PathBuf {
    let autosave = Autosave::new(dir);
    autosave.keep(draft).unwrap();
    let kept = autosave.kept.lock().unwrap();
    kept.as_ref().unwrap().file.clone()
}

#[test]
fn what_was_kept_last_is_found_once_its_window_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("data/autosave");
    assert!(drafts(&folder).found.is_empty());
    let autosave = Autosave::new(&folder);
    autosave.discard().unwrap();
    assert!(!folder.exists());
    let (first, mut second) = (named("one"), named("two"));
    second.path = Some(dir.path().join("lab.ron"));
    second.base = Some(spec_digest(&first.plan));
    autosave.keep(&first).unwrap();
    autosave.clone().keep(&second).unwrap();
    assert_eq!(files(&folder).len(), 1);
    // Its window lives.
    assert!(drafts(&folder).found.is_empty());
    drop(autosave);
    let found = drafts(&folder);
    assert_eq!(found.notices, Vec::<String>::new());
    assert_eq!(found.found.len(), 1);
    assert_eq!(found.found[0].draft, second);
    assert_eq!(found.found[0].file, DraftFile::Gone);
    assert!(found.found[0].by.contains(&std::process::id().to_string()));
    assert!(found.found[0].path().starts_with(&folder));
    // It is offered to one at a time, and again if nobody took it.
    assert!(drafts(&folder).found.is_empty());
    drop(found);
    let found = drafts(&folder).found.pop().unwrap();
    let (draft, autosave) = found.recover();
    assert_eq!(draft, second);
    assert!(drafts(&folder).found.is_empty());
    autosave.keep(&first).unwrap();
    assert_eq!(files(&folder).len(), 1);
    autosave.discard().unwrap();
    drop(autosave);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    left_behind(&folder, &first);
    drafts(&folder).found.pop().unwrap().discard().unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn what_the_file_says_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, path) = (dir.path().join("autosave"), dir.path().join("lab.ron"));
    let (saved, edited, other) = (named("saved").plan, named("edited").plan, named("other").plan);
    let draft = Draft {
        mends: false,
        path: Some(path.clone()),
        base: Some(spec_digest(&saved)),
        plan: Arc::clone(&edited),
        text: None,
    };
    for (now, expected) in [
        (Some(saved.as_ref()), Some(DraftFile::AsBefore)),
        (Some(&other), Some(DraftFile::Changed)),
        (None, Some(DraftFile::Gone)),
        // It was saved and the program ended before it removed the draft.
        (Some(&edited), None),
    ] {
        match now {
            Some(plan) => write_plan(&path, plan).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        left_behind(&folder, &draft);
        let found = drafts(&folder).found.pop();
        assert_eq!(found.as_ref().map(|found| found.file), expected);
        if let Some(found) = found {
            assert_eq!(found.draft, draft);
            found.discard().unwrap();
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
    fs::write(&path, "(").unwrap();
    left_behind(&folder, &draft);
    assert_eq!(drafts(&folder).found[0].file, DraftFile::Changed);
}

#[test]
fn text_that_is_no_plan_is_kept_also_where_the_plan_is_in_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, path) = (dir.path().join("autosave"), dir.path().join("lab.ron"));
    let plan = named("lab").plan;
    write_plan(&path, &plan).unwrap();
    let text = Some("( spec: \"ä\n// ".to_owned());
    let base = Some(spec_digest(&plan));
    let draft = Draft { path: Some(path), base, mends: false, plan, text };
    left_behind(&folder, &draft);
    let found = drafts(&folder).found.pop().unwrap();
    assert_eq!((found.file, &found.draft), (DraftFile::AsBefore, &draft));
}

#[test]
fn a_draft_is_a_plan_that_a_person_can_read() {
    let dir = tempfile::tempdir().unwrap();
    let file = left_behind(dir.path(), &named("Zürich"));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("name: \"Zürich\"") && text.contains(&plan::write(&full_plan())[..50]));
    assert_eq!(crate::store::read_plan(&file).unwrap().plan, *named("Zürich").plan);
}

#[test]
fn cut_or_changed_at_any_byte_it_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = left_behind(dir.path(), &named("lab"));
    let whole = fs::read(&file).unwrap();
    let check = |bytes: &[u8]| parse(&file, bytes.to_vec()).map(|(draft, _)| draft);
    assert_eq!(check(&whole).unwrap(), named("lab"));
    for at in 0..whole.len() {
        assert!(check(&whole[..at]).is_err(), "cut at {at}");
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(check(&flipped).is_err(), "flipped at {at}");
    }
    for bytes in [[&whole[..], b"x"].concat(), [&b"x"[..], &whole].concat()] {
        assert!(check(&bytes).is_err());
    }
}

#[test]
fn whatever_lies_there_nothing_is_blocked_and_damage_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let whole = fs::read(left_behind(dir.path(), &named("lab"))).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    put("cut.draft.ron", &whole[..whole.len() / 2]);
    put("bytes.draft.ron", b"\xff\xfe\0");
    put("empty.draft.ron", b"");
    put("later.draft.ron", b"// heddle-draft 2 x\n()");
    put("a note", b"mine");
    put("gone.draft.ron.lock", b"");
    put(".heddle-old", b"half");
    put(".heddle-new", b"half");
    let old = fs::File::options().write(true).open(dir.path().join(".heddle-old")).unwrap();
    old.set_modified(SystemTime::now() - 2 * LITTER_AGE).unwrap();
    fs::create_dir_all(dir.path().join("folder.draft.ron")).unwrap();
    let large = fs::File::create(dir.path().join("large.draft.ron")).unwrap();
    large.set_len(MAX_BYTES + 1).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("link.draft.ron")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("held.draft.ron.lock")).unwrap();
        put("held.draft.ron", &whole);
    }
    let told = |expected: usize, found: &Drafts, word: &str| {
        let lines = found.notices.iter().filter(|notice| notice.contains(word));
        assert_eq!(lines.count(), expected, "{word}: {:#?}", found.notices);
    };
    let found = drafts(dir.path());
    assert_eq!(found.found.len(), 1);
    assert_eq!(found.found[0].draft, named("lab"));
    told(3, &found, "is damaged");
    told(1, &found, "another version");
    told(1, &found, "larger than");
    told(if cfg!(unix) { 3 } else { 1 }, &found, "it is not a file");
    drop(found);
    let left = files(dir.path());
    for name in ["cut.draft.ron.damaged", "a note", ".heddle-new", "later.draft.ron"] {
        assert!(left.iter().any(|file| file == name), "no {name} in {left:?}");
    }
    assert!(!left.iter().any(|file| file == ".heddle-old"));
    assert!(!dir.path().join("gone.draft.ron.lock").exists());
    let again = drafts(dir.path());
    assert_eq!(again.found.len(), 1);
    told(0, &again, "is damaged");
    // Something else stands where the folder should be.
    let found = drafts(&dir.path().join("a note"));
    assert!(found.found.is_empty() && found.notices.len() == 1);
    assert!(Autosave::new(&dir.path().join("a note")).keep(&named("lab")).is_err());
}

#[test]
fn the_newest_are_offered_and_their_number_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..MOST_OFFERED + 2 {
        let file = left_behind(dir.path(), &named(&format!("plan {n}")));
        let file = fs::File::options().write(true).open(file).unwrap();
        let age = Duration::from_secs(1_000 - n as u64);
        file.set_modified(SystemTime::now() - age).unwrap();
    }
    let found = drafts(dir.path());
    assert_eq!(found.found.len(), MOST_OFFERED);
    assert_eq!(found.found[0].draft.plan.metadata.name, format!("plan {}", MOST_OFFERED + 1));
    assert!(found.notices[0].contains("2 older files"), "{:?}", found.notices);
    for n in files(dir.path()).len()..MOST_FILES {
        fs::write(dir.path().join(format!("{n}.draft.ron.damaged")), "").unwrap();
    }
    let error = Autosave::new(dir.path()).keep(&named("one more")).unwrap_err().to_string();
    assert!(error.contains("200 drafts") && error.contains("remove what is old"), "{error}");
    found.found.into_iter().next().unwrap().recover().1.keep(&named("goes on")).unwrap();
}

#[test]
fn a_plan_that_could_not_be_read_again_leaves_the_draft_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let autosave = Autosave::new(dir.path());
    autosave.keep(&named("good")).unwrap();
    let long = named(&"x".repeat(Limits::TEXT_CHARS + 1));
    let error = autosave.keep(&long).unwrap_err().to_string();
    assert!(error.contains("metadata.name"), "{error}");
    drop(autosave);
    assert_eq!(drafts(dir.path()).found[0].draft, named("good"));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_unicode_costs_the_name_only() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(std::ffi::OsStr::from_bytes(b"l\xffb.ron"));
    left_behind(dir.path(), &Draft { path: Some(path), ..named("lab") });
    assert_eq!(drafts(dir.path()).found[0].draft, named("lab"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_comes_back(plan in plans(), path in "[a-z\"\\\\ ö\n]{1,20}", has_path: bool) {
        let dir = tempfile::tempdir().unwrap();
        let path = has_path.then(|| dir.path().join("none").join(&path));
        let base = has_path.then(|| spec_digest(&full_plan()));
        let draft = Draft { path, base, mends: false, plan: Arc::new(plan), text: None };
        left_behind(dir.path(), &draft);
        prop_assert_eq!(&drafts(dir.path()).found[0].draft, &draft);
    }

    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), marked: bool) {
        let dir = tempfile::tempdir().unwrap();
        let mark = if marked { MARK } else { "" };
        let file = dir.path().join("x.draft.ron");
        fs::write(&file, [mark.as_bytes(), &bytes].concat()).unwrap();
        let found = drafts(dir.path());
        prop_assert!(found.found.is_empty() && found.notices.len() == 1);
    }
}
