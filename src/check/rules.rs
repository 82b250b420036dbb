//! Row rules: boolean SQL expressions, compiled once, evaluated per batch over typed columns.

use super::CheckError;
use crate::config::{Contract, RowRule};
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
}

/// Compiles a contract's row rules against the schema of its rows.
pub(super) fn compile(contract: &Contract, schema: &SchemaRef) -> Result<Vec<CompiledRule>, CheckError> {
    const COMPILE_MEMORY_MB: usize = 64;
    let wrap = |rule: &RowRule| {
        let what = format!("rule `{}` of {}", rule.code, contract.name);
        move |source| CheckError::Sql { what, source }
    };
    let Some(first) = contract.rules.first() else {
        return Ok(Vec::new());
    };
    let session = Session::new(COMPILE_MEMORY_MB).map_err(wrap(first))?;
    let mut compiled = Vec::new();
    for rule in &contract.rules {
        let expression = session.compile(&rule.check, schema).map_err(wrap(rule))?;
        let column = match &rule.column {
            Some(column) => Some(column.clone()),
            None => session
                .columns_of(&rule.check, schema)
                .map_err(wrap(rule))?
                .into_iter()
                .next(),
        };
        compiled.push(CompiledRule {
            rule: rule.clone(),
            expression,
            column,
        });
    }
    Ok(compiled)
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
        Ok((0..verdict.len())
            .filter(|&row| verdict.is_valid(row) && !verdict.value(row))
            .collect())
    }
}
