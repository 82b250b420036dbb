//! What the tests of sources share: a small country, a request, and a handover that collects.

use super::{Delivery, FetchRequest, SliceFailure, Source};
use crate::config::Installation;
use crate::domain::region::Registry;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const REGIONS: &str = "\
code,bps_code,bps_code_2020,name,level,province_code,province_name,capital,population_total,area_km2,valid_from,valid_to,autonomous
11,11,11,Aceh,province,11,Aceh,Banda Aceh,5000000,56834.76,,,true
11.01,1103,1103,Kabupaten Aceh Selatan,regency,11,Aceh,,240000,4174.00,,,true
32,32,32,Jawa Barat,province,32,Jawa Barat,Bandung,50000000,37044.86,,,true
32.04,3204,3204,Kabupaten Bandung,regency,32,Jawa Barat,,3700000,1740.00,,,true
32.73,3273,3273,Kota Bandung,city,32,Jawa Barat,,2500000,166.59,,,true
";

/// Three confirmed ids, two of them of one region, and one that is not confirmed.
const MAP: &str = "\
source_id,source_name,code,confirmed
179,Kota Bandung,32.73,true
42,Kabupaten Bandung,32.04,true
180,Kota Bandung (pasar induk),32.73,true
7,Aceh Selatan,11.01,false
";

/// A request in `home`, with spool and drop folder, as of 30 November 2025. The map is named `ids`.
pub(super) fn request(home: &Path) -> FetchRequest {
    let reference = home.join("reference");
    for folder in ["reference/region_maps", "spool", "drop"] {
        fs::create_dir_all(home.join(folder)).unwrap();
    }
    let put = |name: &str, content: &str| fs::write(reference.join(name), content).unwrap();
    put("regions.csv", REGIONS);
    put("region_names.csv", "code,name,source\n");
    put(
        "region_changes.csv",
        "old_code,new_code,old_name,new_name,change_kind,effective_date,basis\n",
    );
    put("region_maps/ids.csv", MAP);
    FetchRequest {
        as_of: NaiveDate::from_ymd_opt(2025, 11, 30).unwrap(),
        cursors: BTreeMap::new(),
        spool: home.join("spool"),
        drop: home.join("drop"),
        installation: Arc::new(Installation::default()),
        regions: Arc::new(Registry::load(&reference).unwrap()),
    }
}

/// Fetches everything.
pub(super) async fn collect(source: &dyn Source, request: &FetchRequest) -> (Vec<Delivery>, Vec<SliceFailure>) {
    let (mut deliveries, mut failures) = (Vec::new(), Vec::new());
    let mut handover = |outcome: Result<Delivery, SliceFailure>| {
        match outcome {
            Ok(delivery) => deliveries.push(delivery),
            Err(failure) => failures.push(failure),
        }
        Ok(())
    };
    source.fetch(request, &mut handover).await.unwrap();
    (deliveries, failures)
}

/// Files in the spool that no delivery names.
pub(super) fn strays(request: &FetchRequest, deliveries: &[Delivery]) -> usize {
    let named = deliveries
        .iter()
        .flat_map(|delivery| &delivery.parts)
        .filter(|part| part.path.exists())
        .count();
    fs::read_dir(&request.spool).unwrap().count() - named
}
