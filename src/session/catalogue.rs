//! The models to choose from: the built-in ones, and those in a person's own folders over them.
//!
//! Files are laid over one another in the order of the folders and of their names, so the same files
//! make the same catalogue. A file with a bad model is left out whole, and told. What takes the
//! place of another model is told too. A server may stand in an earlier file than its network card.

use super::SessionError;
use crate::catalog::{Catalog, CatalogError, Models};
use crate::model::printable;
use crate::store;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The models to choose from.
pub fn catalog() -> Result<Arc<Catalog>, SessionError> {
    Ok(Arc::new(Catalog::built_in()?))
}

/// The same with the models in folders over them. The second value has what there is to say.
///
/// # Errors
/// The built-in catalogue cannot be used.
pub fn catalog_with(folders: &[PathBuf]) -> Result<(Arc<Catalog>, Vec<String>), SessionError> {
    let (files, mut notices) = store::read_model_files(folders);
    let mut catalog = Catalog::built_in()?;
    let mut waiting = Vec::new();
    for (file, models) in &files {
        if lay_over(&mut catalog, file, models, &mut notices).is_err() {
            waiting.push((file, models));
        }
    }
    // What was missing may have come with a later file.
    for (file, models) in waiting {
        if let Err(error) = lay_over(&mut catalog, file, models, &mut notices) {
            let cause = error.to_string();
            let cause = printable(cause.trim_end_matches('.'));
            let file = file.display();
            notices.push(format!("{file}: {cause}. It is left out; mend it or move it away."));
        }
    }
    Ok((Arc::new(catalog), notices))
}

fn lay_over(
    catalog: &mut Catalog,
    file: &Path,
    models: &Models,
    notices: &mut Vec<String>,
) -> Result<(), CatalogError> {
    let with = catalog.with(models)?;
    for id in replaced(catalog, models) {
        notices.push(format!(
            "{}: its model `{id}` takes the place of another with that id. Give it an id of its \
             own if you want both.",
            file.display()
        ));
    }
    *catalog = with;
    Ok(())
}

/// The ids of models that are in a catalogue already.
fn replaced<'a>(catalog: &Catalog, models: &'a Models) -> Vec<&'a str> {
    macro_rules! among {
        ($($kind:ident),*) => {
            [$(models.$kind.iter().map(|model| model.id.as_str())
                .filter(|id| catalog.$kind.contains_key(*id)).collect::<Vec<_>>()),*]
        };
    }
    among!(switches, nics, servers, transceivers, assemblies, fibres, racks).concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A built-in switch under another id.
    fn switch(id: &str) -> String {
        let mut model = catalog().unwrap().switches.values().next().unwrap().clone();
        id.clone_into(&mut model.id);
        Models { switches: vec![model], ..Models::default() }.to_text()
    }

    #[test]
    fn models_of_folders_stand_over_the_built_in_ones_and_bad_files_are_told() {
        let built_in = catalog().unwrap();
        assert_eq!(catalog_with(&[]).unwrap(), (Arc::clone(&built_in), Vec::new()));
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let (nic, mut server) = (built_in.nics.values().next(), built_in.servers.values().next());
        let (mut nic, server) = (nic.unwrap().clone(), server.take().unwrap());
        let mut server = server.clone();
        server.id = "my-server".to_owned();
        server.nics.iter_mut().for_each(|set| set.nic = "my-nic".to_owned());
        nic.id = "my-nic".to_owned();
        let servers = Models { servers: vec![server], ..Models::default() };
        let nics = Models { nics: vec![nic], ..Models::default() };
        put("a/1-server.ron", &servers.to_text());
        put("a/2-nic.RON", &nics.to_text());
        put("a/switch.ron", &switch("my-switch"));
        let first = built_in.switches.keys().next().unwrap();
        put("a/built-in.ron", &switch(first));
        put("a/bad.ron", "(switches: [(");
        put("a/bad.yaml", "a: [");
        put("a/bad-id.ron", &switch("Not An Id"));
        put("a/.hidden.ron", "(");
        put("a/read.me", "(");
        put("a/deeper/switch.ron", "(");
        let interfaces: String = (1..=32)
            .map(|n| format!("\n  - name: Ethernet{n}\n    type: 400gbase-x-qsfpdd"))
            .collect();
        let head = "manufacturer: Lab\nmodel: X32\nslug: lab-x32\nu_height: 1\ninterfaces:";
        put("b/x32.yaml", &format!("{head}{interfaces}\n"));
        put("b/again.ron", &switch("my-switch"));
        let folders = ["a", "none", "b"].map(|name| dir.path().join(name));
        let (found, notices) = catalog_with(&folders).unwrap();
        for id in ["my-switch", "lab-x32"] {
            assert!(found.switches.contains_key(id), "no {id}: {notices:#?}");
        }
        assert!(found.servers.contains_key("my-server") && found.nics.contains_key("my-nic"));
        assert_eq!(found.switches.len(), built_in.switches.len() + 2);
        for (file, word) in [
            ("bad.ron", "left out"),
            ("bad.yaml", "left out"),
            ("bad-id.ron", "left out"),
            ("built-in.ron", "takes the place"),
            ("again.ron", "takes the place"),
            ("none", "Check the path"),
        ] {
            let told = notices.iter().any(|n| n.contains(file) && n.contains(word));
            assert!(told, "{file}: {notices:#?}");
        }
        assert_eq!(notices.len(), 6, "{notices:#?}");
        // The order in which a system lists a folder does not matter.
        assert_eq!(catalog_with(&folders).unwrap(), (found, notices));
    }

    #[test]
    fn there_are_ceilings() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..205 {
            fs::write(dir.path().join(format!("{n:03}.ron")), "()").unwrap();
        }
        let large = fs::File::create(dir.path().join("000.ron")).unwrap();
        large.set_len(100 * 1024 * 1024).unwrap();
        let (_, notices) = catalog_with(&[dir.path().to_owned()]).unwrap();
        assert_eq!(notices.len(), 2, "{notices:#?}");
        assert!(notices[0].contains("larger than") && notices[1].contains("5 files are beyond"));
    }
}
