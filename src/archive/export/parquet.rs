//! Hive-partitioned Parquet: `<table>/scenario=S/arm=A/replication=N/part-0.parquet`, as far as a
//! table has these columns. Written by the low-level writer, without Arrow. Must never let two runs
//! of one table differ in a column's type: types follow the dictionary's units.

use super::super::{Error, Manifest, Result};
use super::put;
use super::table::{Column, Kind, Sheet, date, number, read};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Columns that become folders, in this order.
const PARTITIONS: [&str; 2] = ["arm", "replication"];
/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 20;
const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// Writes every table of a run under `out`; returns the number of files.
pub fn parquet(run: &Path, out: &Path) -> Result<usize> {
    let scenario = Manifest::read(run)?.scenario;
    let (sheets, _) = read(run)?;
    let mut files = 0;
    for sheet in &sheets {
        for (folders, rows) in partitions(sheet) {
            let mut place = out.join(&sheet.name).join(format!("scenario={}", encoded(&scenario)));
            place.extend(folders);
            let failed = |error: ParquetError| Error::Export {
                name: format!("{}.parquet", sheet.name),
                reason: error.to_string(),
            };
            let bytes = file(sheet, &rows).map_err(failed)?;
            put(&place.join("part-0.parquet"), &bytes)?;
            files += 1;
        }
    }
    Ok(files)
}

/// The rows of each partition, by its folders.
fn partitions(sheet: &Sheet) -> BTreeMap<Vec<String>, Vec<usize>> {
    let keys: Vec<&Column> = PARTITIONS
        .iter()
        .filter_map(|name| sheet.columns.iter().find(|column| column.name == *name))
        .collect();
    let mut found: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for row in 0..sheet.rows {
        let folder = |key: &&Column| format!("{}={}", key.name, encoded(&key.cells[row]));
        found.entry(keys.iter().map(folder).collect()).or_default().push(row);
    }
    found
}

/// A value as the name of a folder: whatever is no plain letter or digit as `%XX`.
fn encoded(value: &str) -> String {
    let mut name = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name
}

fn file(sheet: &Sheet, rows: &[usize]) -> std::result::Result<Vec<u8>, ParquetError> {
    let columns: Vec<&Column> =
        sheet.columns.iter().filter(|c| !PARTITIONS.contains(&c.name.as_str())).collect();
    let fields = columns.iter().map(|column| field(column).map(Arc::new));
    let fields = fields.collect::<std::result::Result<Vec<_>, _>>()?;
    let schema = Type::group_type_builder("row").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("aftercare".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    for rows in rows.chunks(GROUP_ROWS) {
        let mut group = writer.next_row_group()?;
        for column in &columns {
            let Some(mut place) = group.next_column()? else { break };
            write(column, rows, &mut place)?;
            place.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(bytes)
}

fn field(column: &Column) -> std::result::Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Whole => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Flag => (Physical::BOOLEAN, None),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

type Place<'w> = SerializedColumnWriter<'w>;

fn write(
    column: &Column,
    rows: &[usize],
    place: &mut Place<'_>,
) -> std::result::Result<(), ParquetError> {
    let cells = || rows.iter().map(|&row| column.cells[row].as_str());
    match column.kind {
        Kind::Text => {
            put_values::<ByteArrayType>(place, cells(), |cell| Some(ByteArray::from(cell)))
        }
        Kind::Whole => put_values::<Int64Type>(place, cells(), |cell| cell.parse().ok()),
        Kind::Number => put_values::<DoubleType>(place, cells(), number),
        Kind::Date => put_values::<Int32Type>(place, cells(), |cell| {
            date(cell).map(|day| (day - EPOCH).get_days())
        }),
        Kind::Flag => put_values::<BoolType>(place, cells(), |cell| cell.parse().ok()),
    }
}

/// Writes values with a level each: 1 = there is one, 0 = the cell is empty.
fn put_values<'c, T: DataType>(
    place: &mut Place<'_>,
    cells: impl Iterator<Item = &'c str>,
    read: impl Fn(&str) -> Option<T::T>,
) -> std::result::Result<(), ParquetError> {
    let values: Vec<Option<T::T>> =
        cells.map(|cell| if cell.is_empty() { None } else { read(cell) }).collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    place.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    fn column(name: &str, kind: Kind, cells: &[&str]) -> Column {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Column { name: name.to_owned(), kind, cells }
    }

    #[test]
    fn rows_come_back_by_partition_with_their_gaps() {
        let columns = vec![
            column("arm", Kind::Text, &["a", "b 乙", "a"]),
            column("hospital", Kind::Text, &["第一医院", "x", ""]),
            column("owed_yuan", Kind::Number, &["1.25", "2", ""]),
            column("day", Kind::Date, &["1970-01-03", "1970-01-01", "2023-03-06"]),
        ];
        let sheet = Sheet { name: "t".into(), columns, rows: 3 };
        let found = partitions(&sheet);
        let folders: Vec<&str> = found.keys().map(|folders| folders[0].as_str()).collect();
        assert_eq!(folders, ["arm=a", "arm=b%20%E4%B9%99"]);
        let bytes = file(&sheet, &found[&vec!["arm=a".to_owned()]]).expect("a file");
        let room = tempfile::tempdir().expect("a folder");
        let path = room.path().join("part-0.parquet");
        std::fs::write(&path, bytes).expect("room");
        let open = std::fs::File::open(&path).expect("a file");
        let reader = SerializedFileReader::new(open).expect("a file");
        let rows: Vec<_> = reader.get_row_iter(None).expect("rows").flatten().collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].get_string(0).expect("text"), "第一医院");
        assert!((rows[0].get_double(1).expect("a number") - 1.25).abs() < f64::EPSILON);
        assert!(rows[1].get_double(1).is_err(), "an empty cell is no zero");
        assert_eq!(rows[0].get_column_iter().count(), 3, "the partition is a folder, no column");
    }
}
