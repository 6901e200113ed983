//! What snapshots rely on beside put-if-absent is alike in a folder, in memory and in a bucket.

use crate::store_support::{run, stores};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt};

async fn list(store: &dyn ObjectStore, prefix: &str) -> Vec<String> {
    sorted(store.list(Some(&Path::from(prefix))).try_collect().await.expect("a list"))
}

async fn list_after(store: &dyn ObjectStore, prefix: &str, after: &str) -> Vec<String> {
    let stream = store.list_with_offset(Some(&Path::from(prefix)), &Path::from(after));
    sorted(stream.try_collect().await.expect("a list"))
}

/// The order is not all stores' own: a folder gives its own.
fn sorted(found: Vec<ObjectMeta>) -> Vec<String> {
    let mut paths: Vec<String> = found.into_iter().map(|meta| meta.location.to_string()).collect();
    paths.sort();
    paths
}

async fn put(store: &dyn ObjectStore, path: &str, body: Vec<u8>) {
    store.put(&Path::from(path), body.into()).await.expect("put");
}

async fn get(store: &dyn ObjectStore, path: &str) -> Result<Vec<u8>, Error> {
    Ok(store.get(&Path::from(path)).await?.bytes().await?.to_vec())
}

fn entry(partition: usize, number: usize) -> String {
    format!("log/a/partition={partition}/{number:012}.json")
}

#[test]
fn lists_hold_what_was_put_below_the_prefix() {
    for store in stores() {
        run(async {
            let (name, store) = (store.name, store.store.as_ref());
            assert_eq!(list(store, "log/a/partition=1").await, Vec::<String>::new(), "{name}: nothing there yet");
            // More than one answer of S3 holds (1,000), and a neighbour whose name begins alike.
            for number in 0..1_003 {
                put(store, &entry(1, number), vec![]).await;
            }
            put(store, &entry(11, 7), vec![]).await;
            let all: Vec<String> = (0..1_003).map(|number| entry(1, number)).collect();
            assert_eq!(list(store, "log/a/partition=1").await, all, "{name}");
            let after = list_after(store, "log/a/partition=1", &entry(1, 1_000)).await;
            assert_eq!(after, all[1_001..], "{name}: the offset itself is left out");
            assert_eq!(list_after(store, "log/a/partition=1", &entry(1, 1_002)).await, Vec::<String>::new(), "{name}");
            assert_eq!(list(store, "").await.len(), 1_004, "{name}");
            let shallow = store.list_with_delimiter(Some(&Path::from("log/a"))).await.expect("a list");
            let mut folders: Vec<String> = shallow.common_prefixes.iter().map(Path::to_string).collect();
            folders.sort();
            assert_eq!(folders, ["log/a/partition=1", "log/a/partition=11"], "{name}");
            assert_eq!(shallow.objects.len(), 0, "{name}");
        });
    }
}

#[test]
fn names_come_back_as_they_were_put() {
    // Tenants are words of customers.
    let tenants = ["acme", "Acme", "a b", "a+b", "ä", "100%", "a%2Fb", "a&b=c", "#1"];
    for store in stores() {
        run(async {
            let (name, store) = (store.name, store.store.as_ref());
            let path = |tenant: &str| Path::from_iter(["leads", &format!("tenant={tenant}"), "base-1-9f3c-0.parquet"]);
            for tenant in tenants {
                store.put(&path(tenant), tenant.as_bytes().to_vec().into()).await.expect("put");
            }
            let mut paths: Vec<String> = tenants.iter().map(|tenant| path(tenant).to_string()).collect();
            paths.sort();
            assert_eq!(list(store, "leads").await, paths, "{name}");
            for tenant in tenants {
                // Its name goes into an entry as text and comes out of it again.
                let again = Path::parse(path(tenant).as_ref()).expect("a path");
                let body = store.get(&again).await.expect("there").bytes().await.expect("bytes");
                assert_eq!(body, tenant.as_bytes(), "{name}");
            }
        });
    }
}

#[test]
fn what_was_put_is_read() {
    for store in stores() {
        run(async {
            let (name, store) = (store.name, store.store.as_ref());
            let large: Vec<u8> = (0..5_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            put(store, "leads/large", large.clone()).await;
            assert!(get(store, "leads/large").await.expect("there") == large, "{name}");
            let meta = store.head(&Path::from("leads/large")).await.expect("there");
            assert_eq!(meta.size, 5_000_000, "{name}");
            let range = store.get_range(&Path::from("leads/large"), 4_999_000..5_000_000).await.expect("there");
            assert!(range == large[4_999_000..], "{name}");
            put(store, "leads/large", b"less".to_vec()).await;
            assert_eq!(get(store, "leads/large").await.expect("there"), b"less", "{name}: overwritten whole");
        });
    }
}

#[test]
fn what_is_gone_is_not_found() {
    for store in stores() {
        run(async {
            let (name, store) = (store.name, store.store.as_ref());
            let missing = get(store, "log/none").await.expect_err("nothing is there");
            assert!(matches!(missing, Error::NotFound { .. }), "{name}: {missing:?}");
            let missing = store.head(&Path::from("log/none")).await.expect_err("nothing is there");
            assert!(matches!(missing, Error::NotFound { .. }), "{name}: {missing:?}");
            put(store, "log/one", vec![1]).await;
            store.delete(&Path::from("log/one")).await.expect("deleted");
            assert!(matches!(get(store, "log/one").await, Err(Error::NotFound { .. })), "{name}");
            assert_eq!(list(store, "").await, Vec::<String>::new(), "{name}");
            // Deleted twice: fine for a bucket, not found in a folder. Whoever deletes takes both.
            let again = store.delete(&Path::from("log/one")).await;
            assert!(matches!(again, Ok(()) | Err(Error::NotFound { .. })), "{name}: {again:?}");
        });
    }
}
