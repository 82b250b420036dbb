//! Row rules: boolean SQL expressions, compiled once, evaluated per batch over typed columns.

use super::CheckError;
use crate::config::{Contract, RowRule};
use crate::finding::Sentences;
use crate::table::Session;
use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion::physical_expr::PhysicalExpr;
use std::sync::Arc;

/// A compiled rule.
pub(super) struct CompiledRule {
    pub rule: RowRule,
    expression: Arc<dyn PhysicalExpr>,
    /// The contract column that a finding points at.
    pub column: Option<String>,
    /// What its findings say.
    pub sentences: Arc<Sentences>,
}

/// Compiles a contract's row rules against the schema of its rows; and the rules that do not compile, with the
/// engine's reason.
pub(super) fn compile(contract: &Contract, schema: &SchemaRef) -> (Vec<CompiledRule>, Vec<(String, String)>) {
    const COMPILE_MEMORY_MB: usize = 64;
    let mut compiled = Vec::new();
    let mut failed = Vec::new();
    for rule in &contract.rules {
        let one = Session::new(COMPILE_MEMORY_MB).and_then(|session| {
            let expression = session.compile(&rule.check, schema)?;
            let named = session.columns_of(&rule.check, schema)?.into_iter().next();
            Ok(CompiledRule {
                rule: rule.clone(),
                expression,
                column: rule.column.clone().or(named),
                sentences: Sentences::shared(rule.message.clone(), rule.hint.clone()),
            })
        });
        match one {
            Ok(one) => compiled.push(one),
            Err(error) => failed.push((rule.code.clone(), error.to_string())),
        }
    }
    (compiled, failed)
}

impl CompiledRule {
    /// Rows of a batch that break the rule. NULL passes.
    pub(super) fn broken(&self, batch: &RecordBatch) -> Result<Vec<usize>, CheckError> {
        let wrap = |error: datafusion::error::DataFusionError| CheckError::Sql {
            what: format!("rule `{}`", self.rule.code),
            source: error.into(),
        };
        let verdict = self.expression.evaluate(batch).map_err(wrap)?;
        let verdict = verdict.into_array(batch.num_rows()).map_err(wrap)?;
        let Some(verdict) = verdict.as_any().downcast_ref::<BooleanArray>() else {
            let source = crate::table::SqlError("is not a condition (true or false)".to_string());
            return Err(CheckError::Sql {
                what: format!("rule `{}`", self.rule.code),
                source,
            });
        };
        if !verdict.has_false() {
            return Ok(Vec::new());
        }
        Ok((0..verdict.len())
            .filter(|&row| verdict.is_valid(row) && !verdict.value(row))
            .collect())
    }
}
