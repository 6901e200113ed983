//! Blocks that are freed are used again: leads that grow, shrink, come and go at a steady pace take no more memory from the system.

use needle::lead::arena::{Arena, Handle};
use needle::lead::leads::{Kept, Leads, Origin};

/// Numbers that look random (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }
}

#[test]
fn steady_churn_takes_no_more_memory() {
    const LEADS: usize = 5_000;
    let (mut leads, mut numbers, facts) = (Leads::default(), Numbers(1), [7; 1_200]);
    let mut round = |leads: &mut Leads| {
        // Every lead takes each of its sizes in turn, so a round needs the same blocks as the one before.
        for step in 0..8 {
            for n in 0..LEADS {
                let key = format!("default/{n}");
                let hash = Leads::hash(key.as_bytes());
                let len = 100 + (n + step) % 8 * 150;
                if numbers.below(4) == 0 {
                    leads.remove(hash, key.as_bytes());
                }
                let kept = Kept {
                    key: key.as_bytes(),
                    facts: &facts[..len],
                    decisions: &[],
                    origin: Origin::default(),
                    mark: 0,
                };
                assert!(leads.put(hash, kept).is_ok());
            }
        }
    };
    round(&mut leads);
    let (state, resident) = (leads.state_bytes(), leads.resident_bytes());
    for _ in 0..10 {
        round(&mut leads);
        assert_eq!(leads.state_bytes(), state);
        assert_eq!(leads.resident_bytes(), resident);
    }
    assert!(resident < 2 * state, "{resident} bytes for {state}");
}

#[test]
fn a_lead_that_goes_gives_its_bytes_back() {
    let mut leads = Leads::default();
    let put = |leads: &mut Leads, n: u32, len: usize| {
        let key = n.to_le_bytes();
        assert!(
            leads
                .put(
                    Leads::hash(&key),
                    Kept { key: &key, facts: &vec![1; len], decisions: &[], origin: Origin::default(), mark: 0 }
                )
                .is_ok()
        );
    };
    for n in 0..1_000_u32 {
        put(&mut leads, n, 300);
    }
    let (state, resident) = (leads.state_bytes(), leads.resident_bytes());
    for n in 0..1_000_u32 {
        let key = n.to_le_bytes();
        leads.remove(Leads::hash(&key), &key);
    }
    assert!(leads.is_empty());
    assert_eq!(state - leads.state_bytes(), 1_000 * Arena::block_bytes(20 + 4 + 300));
    for n in 1_000..2_000 {
        put(&mut leads, n, 300);
    }
    // The list of free blocks is all that has come on top.
    assert_eq!(leads.state_bytes(), state);
    assert!(leads.resident_bytes() <= resident + 1_024 * size_of::<Handle>());
}

/// Blocks never overlap, whatever is taken and given back in between, also where a page ends.
#[test]
fn blocks_do_not_overlap() {
    let (mut arena, mut numbers) = (Arena::default(), Numbers(2));
    let mut held: Vec<(Handle, usize, u8)> = Vec::new();
    for n in 0..20_000_usize {
        let len = [1, 16, 17, 300, 512, 513, 5_000, 70_000][numbers.below(8)] + numbers.below(100);
        let handle = arena.allocate(len).expect("room");
        arena.bytes_mut(handle, len).fill(n as u8);
        held.push((handle, len, n as u8));
        if held.len() > 200 {
            let (handle, len, fill) = held.swap_remove(numbers.below(held.len()));
            assert!(arena.bytes(handle, len).iter().all(|byte| *byte == fill));
            arena.release(handle, len);
        }
    }
    for (handle, len, fill) in &held {
        assert!(arena.bytes(*handle, *len).iter().all(|byte| byte == fill));
    }
    let used: usize = held.iter().map(|(_, len, _)| Arena::block_bytes(*len)).sum();
    assert!(used <= arena.resident_bytes());
}
