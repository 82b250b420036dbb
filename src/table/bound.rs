//! What a parameter of a statement does: whether it only says up to which date rows count.

use super::SqlError;
use datafusion::common::Column;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::BinaryExpr;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Columns by the table that has them.
pub type Bounded = BTreeMap<String, BTreeSet<String>>;

/// Columns of tables that a statement compares with its parameters, where it does nothing else with those: each stands
/// alone on the right of `column <= $parameter`, cast or not. Where no row of these tables has more in these columns
/// than the parameter, any greater parameter gives the same answer.
///
/// None where a parameter does more, or that cannot be told.
pub(super) fn bounded(plan: &LogicalPlan) -> Result<Option<Bounded>, SqlError> {
    let scans = scans(plan)?;
    let mut found = Some(Bounded::new());
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if let Some(column) = compared(part) {
                    let table = column.relation.as_ref().and_then(|name| scans.get(name.table()));
                    match (&mut found, table) {
                        (Some(found), Some(Some(table))) => {
                            found.entry(table.clone()).or_default().insert(column.name.clone());
                        }
                        _ => found = None,
                    }
                    return Ok(TreeNodeRecursion::Jump);
                }
                if matches!(part, Expr::Placeholder(_)) {
                    found = None;
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}

/// The column of `column <= $parameter`.
fn compared(expression: &Expr) -> Option<&Column> {
    let Expr::BinaryExpr(BinaryExpr {
        left,
        op: Operator::LtEq,
        right,
    }) = expression
    else {
        return None;
    };
    let Expr::Column(column) = left.as_ref() else {
        return None;
    };
    let right = match right.as_ref() {
        Expr::Cast(cast) => cast.expr.as_ref(),
        other => other,
    };
    matches!(right, Expr::Placeholder(_)).then_some(column)
}

/// The table behind each name that columns are qualified by; none where a name stands for anything else than the rows
/// of one table, in any part of the statement.
fn scans(plan: &LogicalPlan) -> Result<HashMap<String, Option<String>>, SqlError> {
    let mut scans: HashMap<String, Option<String>> = HashMap::new();
    plan.apply_with_subqueries(|node| {
        let (name, table) = match node {
            LogicalPlan::TableScan(scan) => (scan.table_name.table(), Some(scan.table_name.table())),
            LogicalPlan::SubqueryAlias(alias) => match alias.input.as_ref() {
                LogicalPlan::TableScan(scan) => (alias.alias.table(), Some(scan.table_name.table())),
                _ => (alias.alias.table(), None),
            },
            _ => return Ok(TreeNodeRecursion::Continue),
        };
        scans
            .entry(name.to_string())
            .and_modify(|known| {
                if known.as_deref() != table {
                    *known = None;
                }
            })
            .or_insert_with(|| table.map(str::to_string));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(scans)
}

#[cfg(test)]
mod tests {
    use super::super::Session;
    use arrow::datatypes::{DataType, Field, Schema};
    use std::sync::Arc;

    /// `table.column …` that bound the statement, or "no".
    async fn bounded(sql: &str) -> String {
        let session = Session::new(64).unwrap();
        let schema = Arc::new(Schema::new(vec![
            Field::new("region_code", DataType::Utf8, false),
            Field::new("date", DataType::Date32, true),
        ]));
        for table in ["price", "visit"] {
            session.register_batches(table, schema.clone(), Vec::new()).unwrap();
        }
        match session.bounded(sql).await.unwrap() {
            None => "no".to_string(),
            Some(found) => found
                .iter()
                .flat_map(|(table, columns)| columns.iter().map(move |column| format!("{table}.{column}")))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    #[tokio::test]
    async fn an_upper_limit_of_a_tables_own_date_is_a_bound() {
        for (sql, told) in [
            ("SELECT 1 FROM price", ""),
            ("SELECT 1 FROM price WHERE date <= $as_of", "price.date"),
            (
                "WITH m AS (SELECT p.region_code FROM price p WHERE p.date <= CAST($as_of AS DATE)) SELECT * FROM m",
                "price.date",
            ),
            (
                "SELECT 1 FROM price p JOIN visit v ON p.region_code = v.region_code AND v.date <= $as_of \
                 WHERE p.date <= $as_of",
                "price.date visit.date",
            ),
            (
                "SELECT 1 FROM visit WHERE region_code IN (SELECT region_code FROM price WHERE date <= $as_of)",
                "price.date",
            ),
        ] {
            assert_eq!(bounded(sql).await, told, "{sql}");
        }
    }

    #[tokio::test]
    async fn anything_else_is_none() {
        for sql in [
            "SELECT CAST($as_of AS DATE) AS day FROM price",
            "SELECT 1 FROM price WHERE date >= $as_of",
            "SELECT 1 FROM price WHERE date < $as_of",
            "SELECT 1 FROM price WHERE date <= CAST($as_of AS DATE) - INTERVAL '1 day'",
            "SELECT 1 FROM price WHERE $as_of <= date",
            "SELECT 1 FROM (SELECT max(date) AS date FROM price) p WHERE p.date <= $as_of",
            "WITH price AS (SELECT region_code, max(date) AS date FROM price GROUP BY region_code) \
             SELECT 1 FROM price WHERE date <= $as_of",
            "SELECT 1 FROM visit v WHERE v.date <= $as_of UNION ALL \
             SELECT 1 FROM (SELECT max(date) AS date FROM price) v WHERE v.date <= $as_of",
            "SELECT 1 FROM price WHERE region_code IN (SELECT region_code FROM visit WHERE date >= $as_of)",
        ] {
            assert_eq!(bounded(sql).await, "no", "{sql}");
        }
    }
}
