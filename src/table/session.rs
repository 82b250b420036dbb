//! SQL over files and batches (DataFusion).

use super::bound::{self, Bounded};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use std::path::PathBuf;
use std::sync::Arc;

/// Why a query failed, in the engine's words.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct SqlError(pub String);

impl From<datafusion::error::DataFusionError> for SqlError {
    fn from(error: datafusion::error::DataFusionError) -> SqlError {
        SqlError(error.strip_backtrace())
    }
}

/// A set of named tables that can be asked. Cheap to clone; clones see the same tables.
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
}

impl Session {
    /// An empty session that uses at most `memory_mb` MiB. One partition: the order of rows, and the sums of
    /// floating-point figures, must not depend on how many cores there are.
    pub fn new(memory_mb: usize) -> Result<Session, SqlError> {
        let mut config = SessionConfig::new()
            .with_target_partitions(1)
            .with_information_schema(true);
        let options = config.options_mut();
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(memory_mb << 20)))
            .build_arc()?;
        Ok(Session {
            context: SessionContext::new_with_config_rt(config, runtime),
        })
    }

    /// Registers Parquet files of one schema as a table; no files give an empty table.
    pub async fn register_files(&self, name: &str, schema: SchemaRef, files: &[PathBuf]) -> Result<(), SqlError> {
        if files.is_empty() {
            return self.register_batches(name, schema, Vec::new());
        }
        let urls: Result<Vec<_>, _> = files
            .iter()
            .map(|file| ListingTableUrl::parse(file.to_string_lossy()))
            .collect();
        let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
        let config = ListingTableConfig::new_with_multi_paths(urls?)
            .with_listing_options(options)
            .with_schema(schema);
        self.context
            .register_table(name, Arc::new(ListingTable::try_new(config)?))?;
        Ok(())
    }

    /// Registers what a query gives as a table.
    pub async fn register_view(&self, name: &str, query: &str) -> Result<(), SqlError> {
        let view = self.frame(query, &[]).await?.into_view();
        self.context.register_table(name, view)?;
        Ok(())
    }

    /// Registers rows in memory as a table.
    pub fn register_batches(&self, name: &str, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<(), SqlError> {
        self.context
            .register_table(name, Arc::new(MemTable::try_new(schema, vec![batches])?))?;
        Ok(())
    }

    /// Forgets a table.
    pub fn deregister(&self, name: &str) -> Result<(), SqlError> {
        self.context.deregister_table(name)?;
        Ok(())
    }

    /// Names of the tables, sorted.
    pub fn tables(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .context
            .catalog_names()
            .iter()
            .filter_map(|catalog| self.context.catalog(catalog))
            .flat_map(|catalog| catalog.schema("public"))
            .flat_map(|schema| schema.table_names())
            .collect();
        names.sort();
        names
    }

    /// Runs one read-only statement. `parameters` fill `$name`.
    pub async fn sql(&self, text: &str, parameters: &[(&str, ScalarValue)]) -> Result<Vec<RecordBatch>, SqlError> {
        Ok(self.frame(text, parameters).await?.collect().await?)
    }

    /// As [`Session::sql`], with the schema for answers without rows.
    pub async fn sql_with_schema(
        &self,
        text: &str,
        parameters: &[(&str, ScalarValue)],
    ) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
        let frame = self.frame(text, parameters).await?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        Ok((schema, frame.collect().await?))
    }

    /// What the parameters of a statement compare, where they do nothing else; see [`Bounded`].
    pub async fn bounded(&self, text: &str) -> Result<Option<Bounded>, SqlError> {
        bound::bounded(self.frame(text, &[]).await?.logical_plan())
    }

    async fn frame(
        &self,
        text: &str,
        parameters: &[(&str, ScalarValue)],
    ) -> Result<datafusion::dataframe::DataFrame, SqlError> {
        let options = datafusion::execution::context::SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let frame = self.context.sql_with_options(text, options).await?;
        if parameters.is_empty() {
            return Ok(frame);
        }
        let values: Vec<(&str, ScalarValue)> = parameters.to_vec();
        Ok(frame.with_param_values(ParamValues::from(values))?)
    }

    /// The boolean expressions of row rules, compiled against a schema.
    pub fn compile(
        &self,
        expression: &str,
        schema: &SchemaRef,
    ) -> Result<Arc<dyn datafusion::physical_expr::PhysicalExpr>, SqlError> {
        let schema = datafusion::common::DFSchema::try_from(schema.as_ref().clone())?;
        let logical = self.context.parse_sql_expr(expression, &schema)?;
        anchored(&logical)?;
        let logical = prepared(logical, &schema)?;
        Ok(self.context.create_physical_expr(logical, &schema)?)
    }

    /// Names of the columns that an expression reads, in the order of writing.
    pub fn columns_of(&self, expression: &str, schema: &SchemaRef) -> Result<Vec<String>, SqlError> {
        let schema = datafusion::common::DFSchema::try_from(schema.as_ref().clone())?;
        let logical = self.context.parse_sql_expr(expression, &schema)?;
        let mut names: Vec<(usize, String)> = logical
            .column_refs()
            .into_iter()
            .map(|column| {
                (
                    expression.find(column.name.as_str()).unwrap_or(usize::MAX),
                    column.name.clone(),
                )
            })
            .collect();
        names.sort();
        Ok(names.into_iter().map(|(_, name)| name).collect())
    }
}

/// Refuses `SIMILAR TO`, which the engine takes for a pattern anywhere in a text: such a rule would pass what it should not.
fn anchored(expression: &datafusion::logical_expr::Expr) -> Result<(), SqlError> {
    use datafusion::common::tree_node::TreeNode;
    let is_similar =
        |part: &datafusion::logical_expr::Expr| Ok(matches!(part, datafusion::logical_expr::Expr::SimilarTo(_)));
    match expression.exists(is_similar)? {
        true => Err(SqlError(
            "SIMILAR TO passes every text that holds the pattern somewhere; write ~ '^(…)$' for the whole text"
                .to_string(),
        )),
        false => Ok(()),
    }
}

/// What a query does to an expression before it runs: figures of different types (a count with a decimal) are made
/// comparable, and functions that only the optimizer can express (`coalesce`) are written out.
fn prepared(
    expression: datafusion::logical_expr::Expr,
    schema: &datafusion::common::DFSchema,
) -> Result<datafusion::logical_expr::Expr, SqlError> {
    use datafusion::optimizer::simplify_expressions::ExprSimplifier;
    let context = datafusion::logical_expr::simplify::SimplifyContext::builder()
        .with_schema(Arc::new(schema.clone()))
        .build();
    let simplifier = ExprSimplifier::new(context);
    Ok(simplifier.simplify(simplifier.coerce(expression, schema)?)?)
}

/// Waits for a query from code that is not async: the stages run on blocking threads of the run's runtime, and
/// tools without one get a small one for this question.
pub fn block_on<F: std::future::Future>(work: F) -> F::Output {
    match tokio::runtime::Handle::try_current() {
        Ok(handle) => handle.block_on(work),
        Err(_) => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            // Without threads or sockets a runtime only fails when the process is out of file descriptors.
            .expect("a runtime for one query")
            .block_on(work),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Array, Int64Array};
    use arrow::datatypes::{DataType, Field, Schema};

    fn numbers() -> (SchemaRef, RecordBatch) {
        let schema: SchemaRef = Arc::new(Schema::new(vec![
            Field::new("male", DataType::Int64, true),
            Field::new("total", DataType::Int64, true),
        ]));
        let male = Int64Array::from(vec![Some(1), Some(2), None]);
        let total = Int64Array::from(vec![Some(1), Some(1), Some(1)]);
        let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(male), Arc::new(total)]).unwrap();
        (schema, batch)
    }

    #[tokio::test]
    async fn answers_with_parameters_and_refuses_to_write() {
        let session = Session::new(64).unwrap();
        let (schema, batch) = numbers();
        session.register_batches("numbers", schema, vec![batch]).unwrap();
        let least = [("least", ScalarValue::Int64(Some(2)))];
        let answer = session
            .sql("SELECT count(*) AS n FROM numbers WHERE male >= $least", &least)
            .await
            .unwrap();
        assert_eq!(
            answer[0]
                .column(0)
                .as_any()
                .downcast_ref::<Int64Array>()
                .unwrap()
                .value(0),
            1
        );
        assert!(session.sql("CREATE TABLE x AS SELECT 1", &[]).await.is_err());
        assert!(session.sql("COPY numbers TO 'x.csv'", &[]).await.is_err());
    }

    #[tokio::test]
    async fn compiles_row_rules_with_null_passing() {
        let session = Session::new(64).unwrap();
        let (schema, batch) = numbers();
        let rule = session.compile("male <= total + 0.5", &schema).unwrap();
        let verdict = rule.evaluate(&batch).unwrap().into_array(3).unwrap();
        let verdict = verdict.as_any().downcast_ref::<arrow::array::BooleanArray>().unwrap();
        assert!(verdict.value(0) && !verdict.value(1) && verdict.is_null(2));
        let rule = session.compile("coalesce(male, 0) < 2", &schema).unwrap();
        let verdict = rule.evaluate(&batch).unwrap().into_array(3).unwrap();
        let verdict = verdict.as_any().downcast_ref::<arrow::array::BooleanArray>().unwrap();
        assert!(verdict.value(0) && !verdict.value(1) && verdict.value(2));
        assert_eq!(
            session.columns_of("total > 0 AND male > 0", &schema).unwrap(),
            ["total", "male"]
        );
    }

    #[test]
    fn a_rule_that_is_not_anchored_is_refused() {
        use datafusion::arrow::datatypes::{DataType, Field, Schema};
        let session = Session::new(64).unwrap();
        let schema: SchemaRef = Arc::new(Schema::new(vec![Field::new("code", DataType::Utf8, true)]));
        for rule in [
            "code SIMILAR TO '[0-9]{8}'",
            "code IS NULL OR NOT (code SIMILAR TO 'a')",
        ] {
            let error = session.compile(rule, &schema).unwrap_err();
            assert!(error.0.contains("write ~ '^(…)$'"), "{error}");
        }
        session.compile("code ~ '^([0-9]{8})$'", &schema).unwrap();
    }
}
