use super::{Failure, Session};
pub(super) fn plan(_: &Session) -> Result<i32, Failure> {
    Ok(0)
}
