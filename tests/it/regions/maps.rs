//! Other systems' ids, and the map.

use super::*;

/// The province map has 91 for four provinces and 92 for two: its names are its key.
#[test]
fn trap_10_the_province_map_is_joined_by_name() {
    let Some(path) = fixture("reference/indonesia-38-provinces.topo.json") else {
        return;
    };
    let map: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let objects = map["objects"].as_object().unwrap();
    let shapes: Vec<&Value> = objects
        .values()
        .flat_map(|object| object["geometries"].as_array().unwrap())
        .collect();
    let property = |shape: &Value, name: &str| shape["properties"][name].as_str().unwrap().to_string();
    let registry = registry();
    let by_name: BTreeSet<String> = shapes
        .iter()
        .map(|shape| format!("Provinsi {}", property(shape, "PROVINSI")))
        .map(|name| {
            registry
                .resolve(&name, None, None)
                .unwrap_or_else(|error| panic!("{name}: {error}"))
                .to_string()
        })
        .collect();
    let by_code: BTreeSet<String> = shapes.iter().map(|shape| property(shape, "KODE_PROV")).collect();
    assert_eq!((shapes.len(), by_name.len(), by_code.len()), (38, 38, 34));

    // Nothing of the program or its page joins on that key.
    for folder in ["src", "dashboards/assets"] {
        for file in crate::support::files_below(&root().join(folder)) {
            let bytes = std::fs::read(root().join(folder).join(&file)).unwrap();
            assert!(
                !String::from_utf8_lossy(&bytes).contains("KODE_PROV"),
                "{folder}/{file}"
            );
        }
    }
}

/// PIHPS numbers provinces 1 to 34, Panel Harga has its own ids, the education ministry six digits.
#[test]
fn trap_11_other_systems_have_maps_of_their_own() {
    let installation = installation(&["panel-harga", "pendidikan", "pihps"]);
    let files = [
        ("panel-harga", [("179", 2001), ("12", 2002), ("3273", 2003)]),
        ("pendidikan", [("010000", 2004), ("010100", 2005), ("020000", 2006)]),
        ("pihps", [("16", 2007), ("1", 2008), ("35", 2009)]),
    ];
    for (connector, rows) in files {
        let rows = rows.map(|(id, men)| (id, "2024-S2", men));
        installation.drop("31", connector, "a.csv", population(&rows));
    }
    installation.merge_only(0);
    assert_eq!(
        counted(&installation),
        ["11 2008", "31 2004", "31.01 2005", "32.73 2001", "35 2007"],
        "16 of PIHPS is Jawa Timur, not Bengkulu or Sumatera Selatan"
    );
    // City 12 of Panel Harga is not province 12; 35 of PIHPS is not Jawa Timur; no id is guessed.
    let unmapped = [2, 1, 1].map(|count| json!({"region-unmapped": count}));
    assert_eq!(
        [1, 2, 3].map(|number| region_findings(&installation.receipt(number))),
        unmapped
    );
}

/// A map is one file; an id is used once somebody has confirmed it; a map that does not exist is told before the night.
#[test]
fn trap_11_a_map_is_declared_by_connector_or_contract() {
    let installation = installation(&["rumah-sakit"]);
    installation.own_pipelines();
    let said = installation.lumbung(&["check", "--json"]).expect(2).json();
    assert_eq!(
        said["problems"][0]["message"],
        "code system \"rumah-sakit\" is not known"
    );

    let map = installation
        .config()
        .join("pipelines/reference/region_maps/rumah-sakit.csv");
    let header = "source_id,source_name,code,confirmed\n";
    std::fs::write(
        &map,
        format!("{header}R1,Bandung,32.73,true\nR2,Bogor,32.71,false\nR.3,Banjar,32.79,true\n"),
    )
    .unwrap();
    let rows = [
        ("R1", "2024-S2", 2001),
        ("R2", "2024-S2", 2002),
        ("R9", "2024-S2", 2003),
    ];
    installation.drop("31", "rumah-sakit", "a.csv", population(&rows));
    installation.merge_only(0);
    assert_eq!(counted(&installation), ["32.73 2001"]);
    assert_eq!(
        region_findings(&installation.receipt(1)),
        json!({"region-unmapped": 1, "region-unknown": 1})
    );

    installation.change_contract("population", "system = \"kemendagri\"", "system = \"rumah-sakit\"");
    installation.change_contract("population", "version = 1", "version = 2");
    installation.lumbung(&["rebuild", "population"]).expect(0);
    installation.drop("31", "tanpa", "a.csv", population(&[("R.3", "2024-S2", 2004)]));
    installation.merge_only(0);
    assert_eq!(counted(&installation), ["32.73 2001", "32.79 2004"]);

    std::fs::write(&map, format!("{header}R1,Bandung,32.99,true\n")).unwrap();
    let said = installation.lumbung(&["check", "--json"]).expect(2).json();
    let message = said["problems"][0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("rumah-sakit.csv:2: 32.99 is no region"), "{said:#}");
}
