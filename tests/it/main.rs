//! Tests of the whole: one binary, a module a subject. `support` and `demo` make installations, `released`,
//! `simulated`, `static_server` and `browser` are what tests read and serve with.

mod browser;
mod demo;
mod released;
mod simulated;
mod static_server;
mod support;

mod accounting;
mod architecture;
mod bad_input;
mod check_file;
mod cli;
mod conformance;
mod crash;
mod dashboard;
mod disk_full;
mod flow;
mod fuzz;
mod indicators;
mod init;
mod layouts;
mod limits;
mod matching;
mod memory;
mod mending;
mod officers;
mod outlook;
mod personal;
mod pull;
mod raw;
mod regions;
mod release;
mod serve;
mod services;
mod template;
mod words;
mod workbooks;
mod xls;
