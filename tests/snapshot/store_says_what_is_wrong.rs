//! Wrong credentials, no such bucket, nobody there, a url that cannot be: each says what it is, and none hangs.

use std::sync::Arc;

use crate::store_support::s3::S3;
use crate::store_support::{run, stores};
use futures::TryStreamExt;
use needle::storage::store::{self, ProbeError, StoreError};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode};

type Environment = Vec<(String, String)>;

fn with(mut environment: Environment, name: &str, value: &str) -> Environment {
    environment.retain(|(other, _)| other != name);
    environment.push((name.to_owned(), value.to_owned()));
    environment
}

/// What a list, a get, a create and a delete of one object end with.
async fn all(store: &dyn ObjectStore) -> [Error; 4] {
    let path = Path::from("log/0.json");
    let list = store.list(None).try_collect::<Vec<_>>().await.expect_err("a list");
    let get = store.get(&path).await.expect_err("a get");
    let create = store.put_opts(&path, "{}".into(), PutMode::Create.into()).await.expect_err("a create");
    let delete = store.delete(&path).await.expect_err("a delete");
    [list, get, create, delete]
}

fn opened(url: &str, environment: &Environment) -> Arc<dyn ObjectStore> {
    store::open_with(url, environment).expect("a store")
}

#[test]
fn credentials_that_are_wrong() {
    let server = S3::shared();
    run(async {
        let store = opened(&server.unique_url("wrong"), &with(server.environment(), "AWS_SECRET_ACCESS_KEY", "other"));
        let [list, objects @ ..] = all(store.as_ref()).await;
        assert!(matches!(list, Error::Generic { .. }) && list.to_string().contains("403"), "{list:?}");
        for error in objects {
            assert!(matches!(error, Error::PermissionDenied { .. }), "{error:?}");
        }
    });
}

#[test]
fn a_bucket_that_is_not_there() {
    let server = S3::shared();
    run(async {
        let store = opened("s3://no-such-bucket/p", &server.environment());
        // A list fails: a bucket that is lacking is never taken for one that is empty.
        let [list, objects @ ..] = all(store.as_ref()).await;
        assert!(matches!(list, Error::Generic { .. }) && list.to_string().contains("NoSuchBucket"), "{list:?}");
        for error in objects {
            assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
            assert!(error.to_string().contains("NoSuchBucket"), "{error}");
        }
    });
}

#[test]
fn a_server_that_is_away() {
    run(async {
        let mut server = S3::own();
        let store = opened(&server.server.unique_url("away"), &server.server.environment());
        store::probe(store.as_ref()).await.expect("it is there");
        server.stop();
        let away = store::probe(store.as_ref()).await.expect_err("nobody listens");
        assert!(matches!(away, ProbeError::Store(Error::Generic { .. })), "{away:?}");
        let list = store.list(None).try_collect::<Vec<_>>().await.expect_err("nobody listens");
        assert!(matches!(list, Error::Generic { .. }), "{list:?}");
    });
}

#[test]
fn http_is_not_spoken_where_the_endpoint_does_not_say_so() {
    let server = S3::shared();
    let https = server.endpoint.replace("http://", "https://");
    run(async {
        let store = opened("s3://needle/p", &with(server.environment(), "AWS_ENDPOINT_URL", &https));
        let error = store.get(&Path::from("x")).await.expect_err("TLS");
        assert!(matches!(error, Error::Generic { .. }), "{error:?}");
    });
}

#[test]
fn empty_variables_say_nothing_and_the_endpoint_of_s3_stands_over_the_general_one() {
    let server = S3::shared();
    let environment = with(server.environment(), "AWS_SESSION_TOKEN", "");
    let environment = with(environment, "AWS_ENDPOINT_URL", "https://127.0.0.1:1");
    let environment = with(environment, "AWS_ENDPOINT_URL_S3", &server.endpoint);
    // The url names the bucket, whatever the environment does.
    let environment = with(environment, "AWS_BUCKET", "other");
    let environment = with(environment, "AWS_CONDITIONAL_PUT", "disabled");
    run(async {
        let store = opened(&server.unique_url("empty"), &environment);
        store::probe(store.as_ref()).await.expect("it answers");
        store::probe(store.as_ref()).await.expect("again");
    });
}

#[test]
fn a_probe_leaves_one_object_and_finds_it_again() {
    for store in stores() {
        run(async {
            let store = store.store.as_ref();
            for _ in 0..3 {
                store::probe(store).await.expect("it creates only once");
                assert_eq!(store.list(None).try_collect::<Vec<_>>().await.expect("a list").len(), 1);
            }
        });
    }
}

#[test]
fn urls_that_cannot_be() {
    let scheme = |url: &str| store::open_with(url, &[]).map(drop);
    assert!(matches!(scheme("ftp://a/b"), Err(StoreError::Scheme)));
    assert!(matches!(scheme("s3://b/a/../c"), Err(StoreError::Prefix(_))));
    let half = [("AWS_ACCESS_KEY_ID".to_owned(), "a".to_owned())];
    assert!(matches!(store::open_with("s3://b/c", &half).map(drop), Err(StoreError::Store(_))));
    assert!(matches!(scheme("az://c/p"), Err(StoreError::Store(_))), "an account's name is lacking");
    let file = tempfile::NamedTempFile::new().expect("a file");
    let within = format!("file:{}/a", file.path().display());
    assert!(matches!(scheme(&within), Err(StoreError::Folder { .. })));
}

#[test]
fn roots_lie_at_the_prefix() {
    let server = S3::shared();
    let url = server.unique_url("root");
    run(async {
        let below = opened(&format!("{url}/a/b/"), &server.environment());
        below.put(&Path::from("x"), "1".into()).await.expect("put");
        let above = opened(&url, &server.environment());
        let found: Vec<_> = above.list(None).try_collect().await.expect("a list");
        assert_eq!(found.iter().map(|meta| meta.location.to_string()).collect::<Vec<_>>(), ["a/b/x"]);
        let whole = opened("s3://needle", &server.environment());
        let path = format!("{}/a/b/x", url.strip_prefix("s3://needle/").expect("the bucket"));
        assert_eq!(whole.get(&Path::from(path)).await.expect("there").bytes().await.expect("bytes"), "1");
    });
}
