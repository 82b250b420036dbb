//! The country's words and their parsers: regions, periods, dates, numbers, units, codes, NIK, what is personal.
//!
//! Pure: nothing here reads the clock, touches a table or knows a contract. A parser takes text (or the number
//! that a spreadsheet already holds) and gives a value or a small typed error; turning an error into a sentence
//! for the sender is the work of the stage that knows the cell. A parser never guesses: where two readings are
//! possible, it says so.
//!
//! Number and date parsers run once for each cell, so they work on the bytes of the text and allocate nothing.

pub mod abbreviation;
pub mod axis;
pub mod code;
pub(crate) mod csv;
pub mod date;
pub mod money;
pub mod near;
pub mod nik;
pub mod number;
pub mod period;
pub mod personal;
pub mod region;
pub mod text;
mod token;
pub mod unit;
