//! Numbers, durations and sizes as people write them.

use super::Page;
use crate::finding::said;

impl Page<'_> {
    /// A whole number with the language's grouping: `1.625` or `1,625`.
    pub(super) fn number(&self, value: u64) -> String {
        said::number(value, self.language)
    }

    /// A number and its noun; only English has a plural.
    pub(super) fn count(&self, value: u64, id: &str, en: [&str; 2]) -> String {
        said::count(value, id, en, self.language)
    }

    /// `0,4 detik`, `4 menit 12 detik`, `2 jam 5 menit`.
    pub(super) fn duration(&self, seconds: f64) -> String {
        let (hours, minutes, rest) = (
            self.word("jam", "h"),
            self.word("menit", "min"),
            self.word("detik", "s"),
        );
        if seconds < 60.0 {
            return format!("{} {rest}", self.tenths(seconds));
        }
        let whole = seconds.round() as u64;
        match (whole / 3600, whole % 3600 / 60, whole % 60) {
            (0, minute, second) => format!("{minute} {minutes} {second} {rest}"),
            (hour, minute, _) => format!("{hour} {hours} {minute} {minutes}"),
        }
    }

    /// With one digit after the point.
    fn tenths(&self, value: f64) -> String {
        format!("{value:.1}").replace('.', self.word(",", "."))
    }

    /// `812 B`, `1,2 MB`.
    pub(super) fn size(&self, bytes: u64) -> String {
        let mut value = bytes as f64;
        let mut unit = "B";
        for larger in ["kB", "MB", "GB", "TB"] {
            if value < 1000.0 {
                break;
            }
            value /= 1000.0;
            unit = larger;
        }
        if unit == "B" {
            format!("{bytes} B")
        } else {
            format!("{} {unit}", self.tenths(value))
        }
    }
}
