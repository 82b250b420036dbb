//! The dashboard: the page of `dashboards/`, embedded in the program and copied into every release.

use super::PublishError;
use super::layout::Building;

/// Scripts, styles and pictures of the page.
#[derive(rust_embed::RustEmbed)]
#[folder = "dashboards/assets/"]
struct Assets;

const INDEX: &[u8] = include_bytes!("../../dashboards/index.html");

/// Writes `index.html` and `assets/`.
pub fn write(building: &mut Building) -> Result<(), PublishError> {
    building.file("index.html", INDEX)?;
    for name in Assets::iter().filter(|name| !name.starts_with('.')) {
        // A name that was just listed is there.
        if let Some(asset) = Assets::get(&name) {
            building.file(&format!("assets/{name}"), &asset.data)?;
        }
    }
    Ok(())
}
