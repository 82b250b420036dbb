//! Work spread over threads, its results taken in order.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What [`in_order`] ended with.
#[derive(Debug)]
pub(super) enum Ended<S, E> {
    /// The source could not give its next item; the results before it were taken.
    Source(S),
    /// A result could not be taken.
    Sink(E),
}

/// Gives every item of `source` to some lane of `lanes` and the results, in the order of the items, to `sink`.
///
/// The caller's thread takes results whenever the next one is ready and works on items itself otherwise, so two lanes
/// keep two threads busy whichever side is slower. At most a few items are under way at a time: memory does not grow
/// with the number of items. A single item, or a single lane, starts no thread.
pub(super) fn in_order<L, T, R, S, E>(
    lanes: &mut [L],
    mut source: impl FnMut() -> Result<Option<T>, S> + Send,
    work: impl Fn(&mut L, T) -> R + Sync,
    mut sink: impl FnMut(R) -> Result<(), E>,
) -> Result<(), Ended<S, E>>
where
    L: Send,
    T: Send,
    R: Send,
    S: Send,
{
    let Some((own, others)) = lanes.split_first_mut() else {
        return Ok(());
    };
    let Some(first) = source().map_err(Ended::Source)? else {
        return Ok(());
    };
    let second = source();
    if others.is_empty() || !matches!(second, Ok(Some(_))) {
        sink(work(own, first)).map_err(Ended::Sink)?;
        let mut next = second;
        while let Some(item) = next.map_err(Ended::Source)? {
            sink(work(own, item)).map_err(Ended::Sink)?;
            next = source();
        }
        return Ok(());
    }
    let mut waiting = [Some(first), second.ok().flatten()].into_iter().flatten();
    let shared = Shared {
        source: Mutex::new(Source {
            next: move || match waiting.next() {
                Some(item) => Ok(Some(item)),
                None => source(),
            },
            taken: 0,
            failure: None,
            ended: false,
        }),
        state: Mutex::new(State {
            results: BTreeMap::new(),
            under_way: 0,
            out: 0,
            total: None,
            stopped: false,
        }),
        changed: Condvar::new(),
        most: others.len() * 2 + 3,
    };
    std::thread::scope(|scope| {
        for lane in others {
            scope.spawn(|| {
                let _guard = StopOnPanic(&shared.state, &shared.changed);
                while shared.wait_for_room() {
                    shared.one(lane, &work);
                }
            });
        }
        let result = shared.drain(own, &work, &mut sink);
        lock(&shared.state).stopped = true;
        shared.changed.notify_all();
        result
    })?;
    let source = shared.source.into_inner().unwrap_or_else(PoisonError::into_inner);
    source.failure.map_or(Ok(()), |failure| Err(Ended::Source(failure)))
}

struct Shared<N, S, R> {
    source: Mutex<Source<N, S>>,
    state: Mutex<State<R>>,
    changed: Condvar,
    /// Items under way or waiting to be taken.
    most: usize,
}

struct Source<N, S> {
    next: N,
    taken: u64,
    failure: Option<S>,
    ended: bool,
}

struct State<R> {
    results: BTreeMap<u64, R>,
    under_way: usize,
    /// Results taken.
    out: u64,
    /// Items in all, once the source has ended.
    total: Option<u64>,
    stopped: bool,
}

/// A panic of another lane surfaces where the threads are joined; until then nothing here is half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<N, S, R> Shared<N, S, R> {
    /// Blocks until another item may be begun. False when there is nothing more to do.
    fn wait_for_room(&self) -> bool {
        let mut state = lock(&self.state);
        loop {
            if state.stopped || state.total.is_some() {
                return false;
            }
            if state.under_way + state.results.len() < self.most {
                state.under_way += 1;
                return true;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes an item, for which `under_way` is counted already, and works on it.
    fn one<L, T>(&self, lane: &mut L, work: &impl Fn(&mut L, T) -> R)
    where
        N: FnMut() -> Result<Option<T>, S>,
    {
        let mut source = lock(&self.source);
        let item = if source.ended { Ok(None) } else { (source.next)() };
        let number = source.taken;
        let result = match item {
            Ok(Some(item)) => {
                source.taken += 1;
                drop(source);
                Some(work(lane, item))
            }
            Ok(None) => {
                source.ended = true;
                None
            }
            Err(failure) => {
                source.ended = true;
                source.failure = Some(failure);
                None
            }
        };
        let mut state = lock(&self.state);
        state.under_way -= 1;
        match result {
            Some(result) => {
                state.results.insert(number, result);
            }
            None => state.total = Some(number),
        }
        self.changed.notify_all();
    }

    fn drain<L, T, E>(
        &self,
        own: &mut L,
        work: &impl Fn(&mut L, T) -> R,
        sink: &mut impl FnMut(R) -> Result<(), E>,
    ) -> Result<(), Ended<S, E>>
    where
        N: FnMut() -> Result<Option<T>, S>,
    {
        loop {
            let mut state = lock(&self.state);
            let out = state.out;
            if let Some(result) = state.results.remove(&out) {
                state.out += 1;
                drop(state);
                self.changed.notify_all();
                sink(result).map_err(Ended::Sink)?;
            } else if state.stopped || state.total == Some(out) {
                return Ok(());
            } else if state.total.is_none() && state.under_way + state.results.len() < self.most {
                state.under_way += 1;
                drop(state);
                self.one(own, work);
            } else {
                drop(self.changed.wait(state).unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}

/// Wakes the others when a lane panics, so that the panic is seen instead of waited for.
struct StopOnPanic<'s, R>(&'s Mutex<State<R>>, &'s Condvar);

impl<R> Drop for StopOnPanic<'_, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(self.0).stopped = true;
            self.1.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(lanes: usize, items: u64, fails_at: Option<u64>) -> (Vec<u64>, Result<(), Ended<String, String>>) {
        let mut given = 0;
        let mut taken = Vec::new();
        let ended = in_order(
            &mut vec![0_u64; lanes],
            || {
                if Some(given) == fails_at {
                    return Err("no more".to_string());
                }
                given += 1;
                Ok((given <= items).then_some(given))
            },
            |worked, item| {
                *worked += 1;
                // The earlier an item the longer it takes: results come in disorder.
                std::thread::sleep(std::time::Duration::from_micros(items.saturating_sub(item) * 20));
                item * item
            },
            |result| {
                taken.push(result);
                Ok(())
            },
        );
        (taken, ended)
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for lanes in [1, 2, 5] {
            for items in [0, 1, 2, 3, 40] {
                let (taken, ended) = squares(lanes, items, None);
                let expected: Vec<u64> = (1..=items).map(|item| item * item).collect();
                assert_eq!(taken, expected, "{lanes} lanes");
                assert!(ended.is_ok());
            }
        }
    }

    #[test]
    fn a_source_that_fails_ends_after_the_results_before_it() {
        for lanes in [1, 3] {
            for at in [0, 1, 2, 17] {
                let (taken, ended) = squares(lanes, 40, Some(at));
                assert_eq!(taken.len() as u64, at);
                assert!(matches!(ended, Err(Ended::Source(reason)) if reason == "no more"));
            }
        }
    }

    #[test]
    fn a_sink_that_fails_stops_the_work() {
        let mut left = 3;
        let ended = in_order(
            &mut [(), (), ()],
            || Ok::<_, String>(Some(1)),
            |(), item| item,
            |_| {
                left -= 1;
                if left == 0 { Err("full") } else { Ok(()) }
            },
        );
        assert!(matches!(ended, Err(Ended::Sink("full"))));
    }
}
