//! XLS workbooks as Excel 97 and later write them: BIFF8 records in a compound file.

/// Bytes of a sector of a compound file.
const SECTOR: usize = 512;
const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const TABLE: u32 = 0xFFFF_FFFD;

/// A cell.
pub enum Value<'t> {
    Text(&'t str),
    Number(f64),
}

/// The bytes of a workbook with one sheet.
pub fn xls(sheet: &str, rows: &[Vec<Value<'_>>]) -> Vec<u8> {
    compound(&book(sheet, rows))
}

fn record(stream: &mut Vec<u8>, kind: u16, data: &[u8]) {
    stream.extend(kind.to_le_bytes());
    stream.extend(u16::try_from(data.len()).expect("a short record").to_le_bytes());
    stream.extend(data);
}

fn begin(kind: u16) -> Vec<u8> {
    let mut data: Vec<u8> = [0x0600, kind, 0x0DBB, 1996]
        .into_iter()
        .flat_map(u16::to_le_bytes)
        .collect();
    data.extend([0; 8]);
    data
}

/// The number of letters, that they are UTF-16, and they.
fn letters(text: &str) -> (usize, Vec<u8>) {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    (bytes.len() / 2, bytes)
}

/// The stream `Workbook`: what holds for all sheets, then the sheet.
fn book(sheet: &str, rows: &[Vec<Value<'_>>]) -> Vec<u8> {
    let mut book = Vec::new();
    record(&mut book, 0x0809, &begin(0x0005));
    record(&mut book, 0x0042, &1200_u16.to_le_bytes());
    let (count, name) = letters(sheet);
    // Where the sheet begins: behind this record and the end of this part.
    let start = book.len() + 4 + 8 + name.len() + 4;
    let mut bound = (start as u32).to_le_bytes().to_vec();
    bound.extend([0, 0, count as u8, 1]);
    bound.extend(name);
    record(&mut book, 0x0085, &bound);
    record(&mut book, 0x000A, &[]);
    assert_eq!(book.len(), start);
    record(&mut book, 0x0809, &begin(0x0010));
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut dimensions = 0_u32.to_le_bytes().to_vec();
    dimensions.extend((rows.len() as u32).to_le_bytes());
    dimensions.extend([0, columns as u16, 0].into_iter().flat_map(u16::to_le_bytes));
    record(&mut book, 0x0200, &dimensions);
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let mut data: Vec<u8> = [row as u16, column as u16, 0]
                .into_iter()
                .flat_map(u16::to_le_bytes)
                .collect();
            match cell {
                Value::Text("") => {}
                Value::Text(text) => {
                    let (count, text) = letters(text);
                    data.extend((count as u16).to_le_bytes());
                    data.push(1);
                    data.extend(text);
                    record(&mut book, 0x0204, &data);
                }
                Value::Number(number) => {
                    data.extend(number.to_le_bytes());
                    record(&mut book, 0x0203, &data);
                }
            }
        }
    }
    record(&mut book, 0x000A, &[]);
    book
}

/// A compound file with one stream. Its sectors: the table of sectors, the directory, the stream.
fn compound(stream: &[u8]) -> Vec<u8> {
    // A shorter stream would stand elsewhere.
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4_096).next_multiple_of(SECTOR), 0);
    let sectors = stream.len() / SECTOR;
    let per_table = SECTOR / 4;
    let tables = (1..)
        .find(|tables| tables * per_table > tables + sectors)
        .expect("some number");
    let mut file = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    file.extend([0; 16]);
    file.extend(
        [0x003E_u16, 3, 0xFFFE, 9, 6, 0, 0, 0]
            .into_iter()
            .flat_map(u16::to_le_bytes),
    );
    let numbers = [0, tables as u32, tables as u32, 0, 4_096, END, 0, END, 0];
    file.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
    let places = (0..109).map(|index| if index < tables { index as u32 } else { FREE });
    file.extend(places.flat_map(u32::to_le_bytes));
    assert_eq!(file.len(), SECTOR);
    let first = tables + 1;
    let chain = (first + 1..first + sectors).map(|sector| sector as u32).chain([END]);
    let mut table: Vec<u32> = vec![TABLE; tables];
    table.push(END);
    table.extend(chain);
    table.resize(tables * per_table, FREE);
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file.extend(entry("Root Entry", 5, 1, END, 0));
    file.extend(entry("Workbook", 2, FREE, first as u32, stream.len() as u64));
    file.extend(entry("", 0, FREE, 0, 0));
    file.extend(entry("", 0, FREE, 0, 0));
    file.extend(stream);
    file
}

/// An entry of the directory.
fn entry(name: &str, kind: u8, child: u32, start: u32, size: u64) -> Vec<u8> {
    let (count, mut entry) = letters(name);
    entry.resize(64, 0);
    let length = if name.is_empty() { 0 } else { 2 * (count as u16 + 1) };
    entry.extend(length.to_le_bytes());
    entry.extend([kind, 1]);
    entry.extend([FREE, FREE, child].into_iter().flat_map(u32::to_le_bytes));
    // No class, no state, no times.
    entry.extend([0; 36]);
    entry.extend(start.to_le_bytes());
    entry.extend(size.to_le_bytes());
    assert_eq!(entry.len(), 128);
    entry
}
