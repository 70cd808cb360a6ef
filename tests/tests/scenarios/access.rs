//! Who may call what on the local listener.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hospes_domain::{Fields, Value};
use hospes_tests::desk::{Desk, channel, token};
use hospes_tests::operator::refused;
use hospes_tests::records::offer;
use hospes_tests::theatre::{PATIENCE, stage};
use hospes_wire::local::{
    ConfirmRequest, EditRequest, GetRequest, ListRequest, PutRequest, SearchRequest, StatusRequest,
    WatchRequest, WithdrawRequest,
};
use hospes_wire::status::{Reason, reason};
use hospes_wire::value::fields_to_wire;
use tokio::time::timeout;
use tonic::{Code, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

fn put(fields: &Fields) -> PutRequest {
    PutRequest { kind: "offer".to_owned(), fields: fields_to_wire(fields), ..PutRequest::default() }
}

fn turned_away<T>(answer: Result<Response<T>, Status>, why: Reason) -> Result<()> {
    let status = answer.err().with_context(|| format!("allowed, in spite of {why}"))?;
    ensure!(reason(&status) == Some(why), "{status:?} instead of {why}");
    ensure!(status.code() == hospes_wire::status::code(why), "{status:?}");
    Ok(())
}

#[tokio::test]
async fn a_counselor_looks_up_and_a_coordinator_saves() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let counselor = Desk::of(&center, "desk-1", "counselor").await?;
    let coordinator = Desk::of(&center, "desk-2", "coordinator").await?;
    let mut directory = coordinator.directory.clone();
    let saved = directory.put(coordinator.request(put(&offer(1)))).await?.into_inner();
    let before = center.status().await?.catalogue()?;

    let mut directory = counselor.directory.clone();
    let get = GetRequest { id: saved.id.clone(), kind: String::new() };
    directory.get(counselor.request(get)).await?;
    let query = SearchRequest { kind: "offer".to_owned(), ..SearchRequest::default() };
    let found = directory.search(counselor.request(query)).await?.into_inner();
    ensure!(found.hits.len() == 1, "{} hits", found.hits.len());
    let list = ListRequest { kind: "offer".to_owned(), ours: true };
    let ours = coordinator.directory.clone().list(coordinator.request(list.clone())).await?;
    ensure!(ours.into_inner().message().await?.is_some());
    directory.status(counselor.request(StatusRequest {})).await?;

    turned_away(directory.list(counselor.request(list)).await, Reason::Role)?;
    turned_away(directory.put(counselor.request(put(&offer(2)))).await, Reason::Role)?;
    let edit = EditRequest { id: saved.id.clone(), ..EditRequest::default() };
    turned_away(directory.edit(counselor.request(edit)).await, Reason::Role)?;
    let confirm = ConfirmRequest { id: saved.id.clone(), by: String::new() };
    turned_away(directory.confirm(counselor.request(confirm)).await, Reason::Role)?;
    let withdraw = WithdrawRequest { id: saved.id, reason: String::new() };
    turned_away(directory.withdraw(counselor.request(withdraw)).await, Reason::Role)?;
    let import = tokio_stream::empty::<hospes_wire::local::ImportRequest>();
    turned_away(directory.import(counselor.request(import)).await, Reason::Role)?;
    ensure!(center.status().await?.catalogue()? == before, "a counselor changed something");
    Ok(())
}

#[tokio::test]
async fn without_a_token_or_with_a_wrong_one_nothing_is_told() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let real = token(&center, "desk", "admin").await?;
    let mut cut = real.clone();
    cut.pop();
    for given in [None, Some("hospes_00"), Some(cut.as_str()), Some("x"), Some("Bearer")] {
        let desk = Desk::new(&center, given).await?;
        let mut directory = desk.directory.clone();
        turned_away(directory.status(desk.request(StatusRequest {})).await, Reason::Token)?;
        turned_away(directory.search(desk.request(SearchRequest::default())).await, Reason::Token)?;
        turned_away(directory.put(desk.request(put(&offer(1)))).await, Reason::Token)?;
        turned_away(directory.watch(desk.request(WatchRequest::default())).await, Reason::Token)?;
    }
    // The command line over the listener is a program like any other.
    let api = format!("http://{}", center.local);
    refused(&center, &["--api", &api, "search", "offers"], 7, &["token"]).await?;
    refused(&center, &["--api", &api, "--token", "x", "search", "offers"], 7, &["token"]).await?;
    center.run(["--api", &api, "--token", &real, "search", "offers"]).await.map(|_| ())
}

#[tokio::test]
async fn a_removed_token_ends_at_once_also_for_a_stream_that_runs() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let desk = Desk::of(&center, "desk", "counselor").await?;
    let mut directory = desk.directory.clone();
    let query = SearchRequest { kind: "offer".to_owned(), ..SearchRequest::default() };
    let request = WatchRequest { query: Some(query), only_changes: false };
    let mut watch = directory.watch(desk.request(request)).await?.into_inner();
    let first = timeout(PATIENCE, watch.message()).await??.context("the watch ended")?;
    ensure!(first.event == "ready", "{first:?}");

    center.run(["token", "remove", "desk"]).await?;
    let end = timeout(Duration::from_secs(5), async {
        loop {
            match watch.message().await {
                Ok(Some(_)) => {}
                Ok(None) => return Code::Ok,
                Err(status) => return status.code(),
            }
        }
    });
    let end = end.await.context("the stream outlives its token")?;
    ensure!(matches!(end, Code::Ok | Code::Unauthenticated), "it ended with {end:?}");
    turned_away(directory.status(desk.request(StatusRequest {})).await, Reason::Token)?;
    refused(&center, &["token", "remove", "desk"], 5, &["desk"]).await
}

#[tokio::test]
async fn health_and_reflection_answer_and_tell_nothing_of_the_records() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let mut health = HealthClient::new(channel(&center).await?);
    let answer = health.check(HealthCheckRequest { service: String::new() }).await?.into_inner();
    ensure!(answer.status() == ServingStatus::Serving, "{answer:?}");
    let unknown = HealthCheckRequest { service: "nobody.v1.Nothing".to_owned() };
    let status = health.check(unknown).await.err().context("a service that is not there")?;
    ensure!(status.code() == Code::NotFound, "{status:?}");

    let mut reflection = ServerReflectionClient::new(channel(&center).await?);
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = reflection.server_reflection_info(tokio_stream::iter([ask])).await;
    let answer = answers?.into_inner().message().await?.context("no answer")?;
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        anyhow::bail!("{answer:?}");
    };
    let names: Vec<&str> = list.service.iter().map(|service| service.name.as_str()).collect();
    ensure!(names.contains(&"hospes.local.v1.Directory"), "{names:?}");
    ensure!(!names.iter().any(|name| name.contains("admin") || name.contains("peer")), "{names:?}");
    Ok(())
}

#[tokio::test]
async fn a_value_that_is_nested_without_end_is_refused() -> Result<()> {
    let stage = stage()?;
    let center = stage.center("Narva").await?;
    let desk = Desk::of(&center, "desk", "coordinator").await?;
    let mut directory = desk.directory.clone();
    let before = center.status().await?.catalogue()?;
    for depth in [9, 40, 95] {
        let mut fields = offer(1);
        let deep = (0..depth).fold(Value::from("end"), |inner, _| Value::List(vec![inner]));
        fields.insert("languages".to_owned(), deep);
        let status = directory.put(desk.request(put(&fields))).await;
        let status = status.err().with_context(|| format!("{depth} levels are taken"))?;
        ensure!(status.code() != Code::Unavailable, "{depth} levels: {status:?}");
    }
    ensure!(center.status().await?.catalogue()? == before, "something was saved");
    Ok(())
}
