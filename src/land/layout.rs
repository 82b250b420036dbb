//! Where things are in the data directory (`--data`).

use std::path::{Path, PathBuf};

/// The data directory. Only its methods know the layout.
#[derive(Debug, Clone)]
pub struct DataDirectory {
    root: PathBuf,
}

impl DataDirectory {
    pub fn new(root: &Path) -> DataDirectory {
        DataDirectory {
            root: root.to_path_buf(),
        }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes everything durable that was written below this directory. One call for many files: each alone would wait
    /// for the disk by itself.
    pub fn sync(&self) -> std::io::Result<()> {
        Ok(rustix::fs::syncfs(std::fs::File::open(&self.root)?)?)
    }

    /// `drop/<region>/<connector>/`: what regions put in.
    pub fn drop(&self) -> PathBuf {
        self.root.join("drop")
    }

    /// Landed bytes by their hash: where they stand, or would stand unencrypted.
    pub fn raw(&self, sha256: &str) -> PathBuf {
        let sealed = self.raw_named(sha256, true);
        if sealed.exists() {
            sealed
        } else {
            self.raw_named(sha256, false)
        }
    }

    /// Where landed bytes go.
    pub fn raw_named(&self, sha256: &str, is_sealed: bool) -> PathBuf {
        let ending = if is_sealed { crate::format::sealed::ENDING } else { "" };
        self.root
            .join("raw")
            .join(&sha256[..2])
            .join(format!("{sha256}{ending}"))
    }

    /// Folder of all landed bytes.
    pub fn raw_folder(&self) -> PathBuf {
        self.root.join("raw")
    }

    /// Bytes in flight; on the file system of `raw/`, so that landing is a rename.
    pub fn spool(&self) -> PathBuf {
        self.root.join("raw").join(".spool")
    }

    /// `rows`, `quarantine`, `findings` and `summary.json` of a submission in a dataset.
    pub fn staged(&self, sequence: i64, dataset: &str) -> PathBuf {
        self.root.join("staged").join(sequence.to_string()).join(dataset)
    }

    /// What is judged or built anew beside what stands: `again/<sequence>/`, `again/model/`. What is here and not
    /// noted in the catalog is swept.
    pub fn again(&self) -> PathBuf {
        self.root.join("again")
    }

    /// A submission judged anew, until its files are put in place.
    pub fn again_of(&self, sequence: i64) -> PathBuf {
        self.again().join(sequence.to_string())
    }

    /// A model that is being rebuilt.
    pub fn again_model(&self, dataset: &str) -> PathBuf {
        self.again().join("model").join(dataset)
    }

    /// The receipt of a submission.
    pub fn receipt(&self, sequence: i64) -> PathBuf {
        self.root.join("receipts").join(format!("{sequence}.json"))
    }

    /// One empty file a submission whose receipt may lag behind the catalog, named by its number.
    pub fn receipts_due(&self) -> PathBuf {
        self.root.join("receipts").join(".due")
    }

    pub fn model(&self, dataset: &str) -> PathBuf {
        self.root.join("model").join(dataset)
    }

    /// Answers of indicators that a later night may use again, a file each.
    pub fn answers(&self) -> PathBuf {
        self.root.join("answers")
    }

    pub fn published(&self) -> PathBuf {
        self.root.join("published")
    }

    /// Every release, a directory each, named by its id.
    pub fn releases(&self) -> PathBuf {
        self.published().join("releases")
    }

    /// The link that leads to the release in force.
    pub fn current(&self) -> PathBuf {
        self.published().join("current")
    }
}
