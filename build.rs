//! Gives the program a fingerprint of its own sources, so that sessions computed by
//! another build are computed anew. BLAKE3, so that another Rust release gives the same
//! sources the same fingerprint.

use std::path::{Path, PathBuf};

use blake3::Hasher;

fn main() {
    let mut hasher = Hasher::new();
    for path in ["src", "data/standard.toml", "Cargo.toml", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={path}");
        let mut files = files(Path::new(path));
        files.sort();
        for file in files {
            take(&mut hasher, file.to_string_lossy().replace('\\', "/").as_bytes());
            take(&mut hasher, &std::fs::read(&file).unwrap_or_default());
        }
    }
    println!("cargo:rustc-env=SOLEUS_BUILD={}", &hasher.finalize().to_hex()[..16]);
}

/// Takes bytes with their length, so that no two lists of files look alike.
fn take(hasher: &mut Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
}

fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    entries.filter_map(Result::ok).flat_map(|entry| files(&entry.path())).collect()
}
