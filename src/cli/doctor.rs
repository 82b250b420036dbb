use super::{Failure, Session};
pub(super) fn doctor(_: &Session) -> Result<i32, Failure> {
    Ok(0)
}
