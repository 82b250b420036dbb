//! Cutting a list into pages, rightly or as ordered.

use crate::misbehave::Kind;

/// One page of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<usize>,
    /// How many items the list says it has.
    pub total: usize,
}

/// What a list says it has when it never ends.
const ENDLESS_TOTAL: usize = 1_000_000_000;

/// `limit` items from `offset`.
pub fn by_offset<T: Clone>(list: &[T], offset: usize, limit: usize, kind: Option<Kind>) -> Page<T> {
    let limit = match kind {
        Some(Kind::PageSize) if offset > 0 => (limit / 2).max(1),
        _ => limit.max(1),
    };
    let offset = if kind == Some(Kind::Repeat) { 0 } else { offset };
    if kind == Some(Kind::Endless) && !list.is_empty() {
        let items = (offset..offset + limit)
            .map(|position| list[position % list.len()].clone())
            .collect();
        return Page {
            items,
            next: Some(offset + limit),
            total: ENDLESS_TOTAL,
        };
    }
    let end = list.len().min(offset + limit);
    let at = |position: usize| match kind {
        // The last item came to stand before all others after the first page was read.
        Some(Kind::Moving) if offset > 0 => list[(position + list.len() - 1) % list.len()].clone(),
        _ => list[position].clone(),
    };
    let items = (offset.min(end)..end).map(at).collect();
    Page {
        items,
        next: (end < list.len()).then_some(end),
        total: list.len(),
    }
}

/// A numbered page, and how many pages there are.
#[derive(Debug, PartialEq, Eq)]
pub struct Numbered<T> {
    pub items: Vec<T>,
    pub page: usize,
    pub pages: usize,
}

/// Page `page`, counted from 1, of pages of `size` items.
pub fn by_number<T: Clone>(list: &[T], page: usize, size: usize, kind: Option<Kind>) -> Numbered<T> {
    let page = if kind == Some(Kind::Repeat) { 1 } else { page.max(1) };
    let size = match kind {
        Some(Kind::PageSize) if page > 1 => (size / 2).max(1),
        _ => size.max(1),
    };
    // The size is halved above already, and the offset follows from it.
    let order = kind.filter(|kind| *kind != Kind::PageSize);
    let cut = by_offset(list, (page - 1).saturating_mul(size).min(ENDLESS_TOTAL), size, order);
    Numbered {
        items: cut.items,
        page,
        pages: cut.total.div_ceil(size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(kind: Option<Kind>) -> Vec<u32> {
        let list: Vec<u32> = (0..10).collect();
        let mut read = Vec::new();
        let mut next = Some(0);
        while let Some(offset) = next {
            let page = by_offset(&list, offset, 4, kind);
            read.extend(page.items);
            next = page.next;
            assert!(read.len() < 100, "does not end");
        }
        read
    }

    #[test]
    fn pages_are_complete_whatever_their_size() {
        assert_eq!(read_all(None), (0..10).collect::<Vec<u32>>());
        assert_eq!(read_all(Some(Kind::PageSize)), (0..10).collect::<Vec<u32>>());
        assert!(by_offset(&[1, 2, 3], 3, 2, None).items.is_empty());
    }

    #[test]
    fn a_moving_row_makes_one_come_twice_and_one_never() {
        assert_eq!(read_all(Some(Kind::Moving)), [0, 1, 2, 3, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn repeated_and_endless_lists_go_on() {
        let list: Vec<u32> = (0..10).collect();
        let first = by_offset(&list, 0, 4, Some(Kind::Repeat));
        assert_eq!(by_offset(&list, 8, 4, Some(Kind::Repeat)), first);
        let late = by_offset(&list, 4_000, 4, Some(Kind::Endless));
        assert_eq!((late.items, late.next), (vec![0, 1, 2, 3], Some(4_004)));
    }

    #[test]
    fn numbered_pages_agree_with_their_count() {
        let list: Vec<u32> = (0..10).collect();
        let last = by_number(&list, 3, 4, None);
        assert_eq!(
            last,
            Numbered {
                items: vec![8, 9],
                page: 3,
                pages: 3
            }
        );
        let halved = by_number(&list, 2, 4, Some(Kind::PageSize));
        assert_eq!(
            halved,
            Numbered {
                items: vec![2, 3],
                page: 2,
                pages: 5
            }
        );
        assert!(by_number(&list, 4, 4, None).items.is_empty());
    }
}
