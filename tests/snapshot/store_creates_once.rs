//! Of several writers that create one object, one wins, and what it wrote stays.

use std::sync::Arc;

use crate::store_support::{run, stores};
use futures::future::join_all;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode};

const WRITERS: usize = 16;

async fn create(store: Arc<dyn ObjectStore>, path: Path, writer: usize) -> Result<usize, Error> {
    let body = vec![writer as u8; 1000 + writer];
    store.put_opts(&path, body.into(), PutMode::Create.into()).await.map(|_| writer)
}

#[test]
fn one_of_many_wins() {
    for store in stores() {
        run(async {
            for round in 0..50 {
                let path = Path::from(format!("log/a/partition=0/{round:012}.json"));
                let race =
                    (0..WRITERS).map(|writer| tokio::spawn(create(Arc::clone(&store.store), path.clone(), writer)));
                let ends: Vec<_> = join_all(race).await.into_iter().map(|end| end.expect("no panic")).collect();
                let won: Vec<usize> = ends.iter().filter_map(|end| end.as_ref().ok().copied()).collect();
                let lost = ends.iter().filter(|end| matches!(end, Err(Error::AlreadyExists { .. }))).count();
                assert_eq!((won.len(), lost), (1, WRITERS - 1), "{}, round {round}: {ends:?}", store.name);
                let there = store.store.get(&path).await.expect("there").bytes().await.expect("bytes");
                assert_eq!(there, vec![won[0] as u8; 1000 + won[0]], "{}", store.name);
            }
        });
    }
}

#[test]
fn created_again_after_it_was_deleted() {
    for store in stores() {
        run(async {
            let path = Path::from("log/0.json");
            let create = |writer| create(Arc::clone(&store.store), path.clone(), writer);
            create(1).await.expect("it was not there");
            assert!(matches!(create(2).await, Err(Error::AlreadyExists { .. })), "{}", store.name);
            store.store.delete(&path).await.expect("it was there");
            create(3).await.expect("it is gone");
        });
    }
}
