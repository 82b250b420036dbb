//! The command line, from clap's own tree.

use super::{cell, heading};
use clap::{Arg, Command};
use std::fmt::Write;

/// The page of all commands.
pub(super) fn page(mut command: Command) -> String {
    command.build();
    let mut page = heading("Command line");
    page.push('\n');
    describe(&mut page, &command, true);
    page
}

/// One command and those below it; writing into a `String` cannot fail.
fn describe(page: &mut String, command: &Command, is_top: bool) {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    if !is_top {
        let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
        let _ = write!(page, "\n## `{name}`\n\n");
    }
    if let Some(about) = command.get_long_about().or_else(|| command.get_about()) {
        let _ = writeln!(page, "{}\n", about.to_string().trim());
    }
    let _ = writeln!(page, "```text\n{usage}\n```");
    let arguments: Vec<&Arg> = command
        .get_arguments()
        .filter(|argument| is_told(argument, is_top))
        .collect();
    if !arguments.is_empty() {
        page.push_str("\n| argument | meaning |\n|---|---|\n");
    }
    for argument in arguments {
        let _ = writeln!(
            page,
            "| {} | {} |",
            cell(&name_of(argument)),
            cell(&meaning_of(argument))
        );
    }
    if let Some(after) = command.get_after_long_help().or_else(|| command.get_after_help()) {
        let _ = write!(page, "\n```text\n{}\n```\n", after.to_string().trim());
    }
    for below in command
        .get_subcommands()
        .filter(|below| !below.is_hide_set() && below.get_name() != "help")
    {
        describe(page, below, false);
    }
}

/// Options that every command takes are told once, at the top.
fn is_told(argument: &Arg, is_top: bool) -> bool {
    let is_usual = matches!(argument.get_id().as_str(), "help" | "version");
    !argument.is_hide_set() && !is_usual && (is_top || !argument.is_global_set())
}

fn name_of(argument: &Arg) -> String {
    match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(_)) => format!("`-{short}`, `{argument}`"),
        _ => format!("`{argument}`"),
    }
}

fn meaning_of(argument: &Arg) -> String {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let mut parts: Vec<String> = help.map(ToString::to_string).into_iter().collect();
    let takes_value = argument.get_action().takes_values();
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| takes_value && !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() {
        parts.push(format!("One of {}.", values.join(", ")));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    if takes_value && !defaults.is_empty() {
        parts.push(format!("Default: `{}`.", defaults.join(" ")));
    }
    if let Some(variable) = argument.get_env() {
        parts.push(format!("Environment: `{}`.", variable.to_string_lossy()));
    }
    parts.join(" ")
}
