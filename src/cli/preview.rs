//! `lumbung preview`: what a file looks like to Lumbung, or what a connector would ask for.

use super::{Failure, Session, print, status};
use crate::config::{self, Configuration, Connector, Contract, Http, Kind, Paging};
use crate::run::outlook::{self, Question, WaitingFile};
use crate::run::preview::{FilePreview, SheetPreview, Supply};
use crate::run::{self, DataDirectory, RunError, inspect};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `lumbung preview` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Of a file: its format, its sheets, the header row, how each column maps, what is left out and the \
first rows; nothing is judged (that is `lumbung check FILE`). Of a connector: the files in its drop folders, or the \
address that it would ask first; nothing is sent. A file goes before a connector of the same name.

Exit code: 0; 3 where the file cannot be read or a sheet fits no dataset.

Examples:
  lumbung preview penduduk.xlsx
  lumbung preview jawaban.json --connector panel-harga --rows 3
  lumbung preview puja-indah-aktivitas"
)]
pub struct Arguments {
    /// File, or name of a connector
    #[arg(value_name = "FILE|CONNECTOR")]
    target: String,
    /// Map the file by this dataset only; by all unless set
    #[arg(long, value_name = "NAME", conflicts_with = "connector")]
    dataset: Option<String>,
    /// Map the file as this connector does
    #[arg(long, value_name = "NAME")]
    connector: Option<String>,
    /// Rows to show of each sheet
    #[arg(long, value_name = "N", default_value_t = 5)]
    rows: usize,
}

pub(super) async fn preview(session: &Session, arguments: Arguments) -> Result<i32, Failure> {
    let configuration = config::load(&session.place.config).map_err(RunError::Configuration)?;
    let path = PathBuf::from(&arguments.target);
    if path.is_file() {
        return file(session, configuration, path, &arguments).await;
    }
    match configuration.connectors.get(&arguments.target) {
        Some(_) if arguments.dataset.is_some() || arguments.connector.is_some() => Err(Failure::usage(format!(
            "{} is a connector, not a file",
            arguments.target
        ))
        .hint("--dataset and --connector say how a file is read; leave them out")),
        Some(connector) => source(session, &configuration, connector),
        None => Err(
            Failure::usage(format!("\"{}\" is neither a file nor a connector", arguments.target))
                .hint(format!("connectors: {}", names(configuration.connectors.keys()))),
        ),
    }
}

fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.cloned().collect::<Vec<_>>().join(", ")
}

/// Contracts and connector by which a file is mapped.
type Mapping = (Vec<Arc<Contract>>, Option<Arc<Connector>>);

fn mapping(configuration: &Configuration, arguments: &Arguments) -> Result<Mapping, Failure> {
    if let Some(name) = &arguments.connector {
        let connector = configuration.connectors.get(name).ok_or_else(|| {
            Failure::usage(format!("there is no connector \"{name}\""))
                .hint(format!("one of: {}", names(configuration.connectors.keys())))
        })?;
        return Ok((configuration.contracts_of(connector), Some(connector.clone())));
    }
    match &arguments.dataset {
        None => Ok((configuration.contracts.values().cloned().collect(), None)),
        Some(name) => match configuration.contracts.get(name) {
            Some(contract) => Ok((vec![contract.clone()], None)),
            None => Err(Failure::usage(format!("there is no dataset \"{name}\""))
                .hint(format!("one of: {}", names(configuration.contracts.keys())))),
        },
    }
}

async fn file(
    session: &Session,
    configuration: Configuration,
    path: PathBuf,
    arguments: &Arguments,
) -> Result<i32, Failure> {
    let (contracts, connector) = mapping(&configuration, arguments)?;
    let rows = arguments.rows;
    let look = move || run::preview::file(&configuration, &path, contracts, connector, rows);
    let preview = tokio::task::spawn_blocking(look)
        .await
        .map_err(|error| Failure::new(format!("internal error: {error}")))?;
    if session.json {
        session.print_json(&preview)?;
    } else {
        print(&file_text(session, &preview))?;
    }
    let fits = !preview.sheets.is_empty() && preview.sheets.iter().all(|sheet| sheet.dataset.is_some());
    let is_open = preview
        .findings
        .iter()
        .any(|finding| finding.severity > crate::finding::Severity::Note);
    Ok(if fits && !is_open { 0 } else { 3 })
}

fn file_text(session: &Session, preview: &FilePreview) -> String {
    let format = preview.format.map_or("—", run::preview::format_name);
    let mut text = format!("{} ({format})\n", preview.file);
    for finding in &preview.findings {
        text.push_str(&format!(
            "{}: {}\n",
            finding.severity.as_str(),
            session.language.of(&finding.message())
        ));
        if let Some(hint) = &finding.hint() {
            text.push_str(&format!("  {}\n", session.language.of(hint)));
        }
    }
    for sheet in &preview.sheets {
        text.push('\n');
        text.push_str(&sheet_text(session, sheet));
    }
    text
}

fn sheet_text(session: &Session, sheet: &SheetPreview) -> String {
    let name = sheet
        .name
        .as_deref()
        .map(|name| format!("[{name}] "))
        .unwrap_or_default();
    let mut text = match &sheet.dataset {
        Some(dataset) => format!(
            "{name}{} {dataset} ({} {} {} {})",
            session.say("cocok untuk", "fits"),
            sheet.columns.iter().filter(|column| column.header.is_some()).count(),
            session.say("dari", "of"),
            sheet.columns.len(),
            session.say("kolom", "columns"),
        ),
        None => format!(
            "{name}{} ({} {}; {} {})",
            session.say("tidak cocok untuk data mana pun", "fits no dataset"),
            session.say("paling dekat", "nearest"),
            sheet.nearest.as_deref().unwrap_or("—"),
            session.say("kurang", "missing"),
            sheet.missing.join(", ")
        ),
    };
    if let Some(row) = sheet.header_row {
        text.push_str(&format!(
            ", {} {row}",
            session.say("judul kolom pada baris", "header in row")
        ));
    }
    text.push('\n');
    if let Some(second) = &sheet.runner_up {
        let known = session.say("judul dikenali", "headers known");
        let next = session.say("berikutnya baris", "next best row");
        text.push_str(&format!(
            "  {} {known}; {next} {}: {}\n",
            second.known, second.next_row, second.next_known
        ));
    }
    for column in &sheet.columns {
        let from = match (&column.header, &column.supplied) {
            (Some(header), _) => match &column.letter {
                Some(letter) => format!("{letter} \"{header}\""),
                None => format!("\"{header}\""),
            },
            (None, Some(supply)) => supply_text(session, supply),
            (None, None) => session.say("tidak ada", "absent").to_string(),
        };
        text.push_str(&format!("  {:<18} ← {from}\n", column.column));
    }
    if !sheet.left_out.is_empty() {
        let label = match sheet.dataset {
            Some(_) => session.say("tidak dipakai", "not used"),
            None => session.say("judul kolom yang terbaca", "headers seen"),
        };
        text.push_str(&format!("  {label}: {}\n", sheet.left_out.join(", ")));
    }
    if !sheet.rows.is_empty() {
        text.push_str(&grid(&sheet.headings, &sheet.rows));
    }
    text
}

fn supply_text(session: &Session, supply: &Supply) -> String {
    match supply {
        Supply::Constant(value) => format!(
            "{} \"{value}\"",
            session.say("tetapan konektor", "connector's constant")
        ),
        Supply::Request(name) => format!("{} {name}", session.say("parameter permintaan", "request parameter")),
        Supply::Title(period) => format!(
            "{} {period}",
            session.say("judul di atas tabel:", "title above the table:")
        ),
        Supply::Sender => session.say("daerah pengirim", "the sender's region").to_string(),
        Supply::Header(unit) => format!(
            "{} {unit}",
            session.say("judul kolom angkanya:", "header of the figures:")
        ),
        Supply::Default(value) => format!("{} \"{value}\"", session.say("nilai baku", "default")),
    }
}

/// Rows under their headings, each column as wide as its widest cell.
fn grid(headings: &[String], rows: &[Vec<String>]) -> String {
    let width = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index)).chain(headings.get(index));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = widths
            .iter()
            .zip(cells)
            .map(|(&width, cell)| format!("{cell:<width$}"))
            .collect();
        format!("  {}", padded.join(" | ")).trim_end().to_string() + "\n"
    };
    let rule = widths
        .iter()
        .map(|&width| "-".repeat(width))
        .collect::<Vec<_>>()
        .join("-+-");
    let body: String = rows.iter().map(|row| line(row)).collect();
    format!("{}  {rule}\n{body}", line(headings))
}

/// What a connector would do first. Nothing is sent.
#[derive(Debug, serde::Serialize)]
struct SourcePreview {
    connector: String,
    kind: Kind,
    datasets: Vec<String>,
    /// Contract column → field of the source.
    columns: Vec<(String, String)>,
    constants: Vec<(String, String)>,
    from_request: Vec<(String, String)>,
    files: Vec<WaitingFile>,
    question: Option<Question>,
    paging: Option<String>,
    /// Where the records stand in an answer.
    records: Option<String>,
    /// Variables that are shown by name: they are set, and what they hold may be secret.
    variables: Vec<String>,
    unset: Vec<String>,
}

fn source(session: &Session, configuration: &Configuration, connector: &Connector) -> Result<i32, Failure> {
    let catalog = if session.place.data.join("catalog.db").exists() {
        Some(status::open(session)?)
    } else {
        None
    };
    let data = DataDirectory::new(&session.place.data);
    let as_of = run::today(configuration);
    let pairs = |map: &indexmap::IndexMap<String, String>| {
        map.iter()
            .map(|(column, from)| (column.clone(), outlook::without_secrets(from)))
            .collect()
    };
    let mut preview = SourcePreview {
        connector: connector.name.clone(),
        kind: connector.kind,
        datasets: connector.dataset_names().into_iter().map(str::to_string).collect(),
        columns: pairs(&connector.columns),
        constants: pairs(&connector.constants),
        from_request: pairs(&connector.from_request),
        files: outlook::waiting_files(configuration, &data, connector)?,
        question: outlook::question(configuration, connector, catalog.as_ref(), as_of)?,
        paging: connector.http.as_ref().map(|http| paging(session, http)),
        records: connector
            .http
            .as_ref()
            .map(|http| outlook::without_secrets(&http.records)),
        variables: Vec::new(),
        unset: inspect::unset(connector),
    };
    preview.variables = shown_by_name(&preview);
    if session.json {
        session.print_json(&preview)?;
    } else {
        print(&source_text(session, connector, &preview, &data.drop()))?;
    }
    Ok(0)
}

/// The variables in what is shown that are set; those that are not are told apart.
fn shown_by_name(preview: &SourcePreview) -> Vec<String> {
    let address = preview.question.as_ref().map(|question| question.address.as_str());
    let pairs = [&preview.columns, &preview.constants, &preview.from_request];
    let pairs = pairs.into_iter().flatten().map(|(_, from)| from.as_str());
    let texts = address.into_iter().chain(preview.records.as_deref()).chain(pairs);
    let mut names: Vec<String> = texts.flat_map(outlook::variables).map(str::to_string).collect();
    names.sort();
    names.dedup();
    names.retain(|name| !preview.unset.contains(name));
    names
}

fn source_text(session: &Session, connector: &Connector, preview: &SourcePreview, drop: &Path) -> String {
    let mut text = format!("{}: {}\n", preview.connector, session.language.of(&connector.title));
    let mut line = |id, en, value: &str| text.push_str(&format!("  {}: {value}\n", session.say(id, en)));
    line("data", "datasets", &preview.datasets.join(", "));
    if let Some(question) = &preview.question {
        line("alamat pertama", "first address", &question.address);
        for (parameter, count) in &question.each {
            line("diulang untuk", "repeated for", &format!("{parameter}: {count}"));
        }
        if let Some((from, to)) = question.window {
            line("rentang waktu", "window", &format!("{from} … {to}"));
        }
    }
    if let Some(paging) = &preview.paging {
        line("halaman", "paging", paging);
    }
    if let Some(records) = &preview.records {
        line("letak data", "records", records);
    }
    if !preview.variables.is_empty() {
        let names: Vec<String> = preview.variables.iter().map(|name| format!("${{{name}}}")).collect();
        let hidden = session.say("terisi, isinya tidak ditampilkan", "set, what they hold is not shown");
        line("variabel", "variables", &format!("{} ({hidden})", names.join(", ")));
    }
    if !preview.unset.is_empty() {
        line("belum diisi", "not set", &preview.unset.join(", "));
    }
    for (id, en, pairs) in [
        ("kolom", "column", &preview.columns),
        ("tetapan", "constant", &preview.constants),
        ("dari permintaan", "from the request", &preview.from_request),
    ] {
        for (column, from) in pairs {
            line(id, en, &format!("{column} ← {from}"));
        }
    }
    if preview.kind == Kind::Drop {
        line(
            "folder",
            "folders",
            &drop
                .join(session.say("<kode>", "<code>"))
                .join(&preview.connector)
                .display()
                .to_string(),
        );
        for file in &preview.files {
            let state = if file.ready {
                ""
            } else {
                session.say(" (belum tenang)", " (not settled yet)")
            };
            line(
                "berkas",
                "file",
                &format!("{}/{}  {} B{state}", file.region, file.file, file.bytes),
            );
        }
        if preview.files.is_empty() {
            line(
                "berkas",
                "files",
                session.say("tidak ada yang menunggu", "none waiting"),
            );
        }
    }
    text
}

fn paging(session: &Session, http: &Http) -> String {
    match &http.paging {
        None => session.say("satu halaman", "one page").to_string(),
        Some(Paging::Page { param, first, .. }) => format!("?{param}={}, …", first.unwrap_or(1)),
        Some(Paging::Offset {
            param,
            limit_param,
            limit,
            ..
        }) => match (limit_param, limit) {
            (Some(size), Some(limit)) => format!("?{param}=0&{size}={limit}, …"),
            _ => format!("?{param}=0, …"),
        },
        Some(Paging::Next { link, .. }) => {
            format!(
                "{} {link}",
                session.say("alamat berikutnya disebut di", "the next address stands at")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_lines_its_columns_up() {
        let rows = vec![
            vec!["32.73".to_string(), "1".to_string()],
            vec!["é".to_string(), "12.500".to_string()],
        ];
        let shown = grid(&["region_code".to_string(), "price".to_string()], &rows);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "  region_code | price");
        assert_eq!(lines[1], "  ------------+-------");
        assert_eq!(lines[2], "  32.73       | 1");
        assert_eq!(lines[3], "  é           | 12.500");
    }
}
