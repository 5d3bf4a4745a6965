//! Gives the program a fingerprint of its own sources, so that sessions computed by
//! another build are computed anew.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    for path in ["src", "data/standard.toml", "Cargo.toml", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={path}");
        let mut files = files(Path::new(path));
        files.sort();
        for file in files {
            hasher.write(file.to_string_lossy().replace('\\', "/").as_bytes());
            hasher.write(&std::fs::read(&file).unwrap_or_default());
        }
    }
    println!("cargo:rustc-env=SOLEUS_BUILD={:016x}", hasher.finish());
}

fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    entries.filter_map(Result::ok).flat_map(|entry| files(&entry.path())).collect()
}
