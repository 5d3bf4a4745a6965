//! The fingerprint of the build: of the sources alone, and the same by whatever compiler.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file that can change a result, as the path that is hashed and its place.
fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for top in ["src", "data/standard.toml", "Cargo.toml", "Cargo.lock"] {
        let mut within = Vec::new();
        let mut open = vec![root.join(top)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(path).unwrap().map(|one| one.unwrap().path()));
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                within.push((name.replace('\\', "/"), path));
            }
        }
        within.sort_by(|one, other| one.1.cmp(&other.1));
        found.extend(within);
    }
    found
}

#[test]
fn the_fingerprint_of_the_build_is_blake3_of_the_sources() {
    let mut text = Vec::new();
    for (name, path) in sources() {
        for part in [name.as_bytes(), &fs::read(path).unwrap()] {
            text.extend((part.len() as u64).to_le_bytes());
            text.extend(part);
        }
    }
    let whole = blake3::hash(&text).to_hex();
    assert_eq!(soleus::batch::BUILD, &whole[..16]);
}
