//! The bare loop: the same requests by reqwest, so many in flight, and nothing but their status looked at.

use std::cell::Cell;
use std::rc::Rc;

use crate::Result;
use crate::work::{PASSWORD, USER};

pub(crate) fn run(url: &str, requests: u32, in_flight: u32) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // as cheap as our own client: no TLS roots, no proxy, one protocol
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .http1_only()
        .tcp_nodelay(true)
        .build()?;
    let next = Rc::new(Cell::new(0));
    let local = tokio::task::LocalSet::new();
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (client, next, url) = (client.clone(), Rc::clone(&next), url.to_owned());
            local.spawn_local(async move {
                while next.get() < requests {
                    let number = next.replace(next.get() + 1);
                    ask(&client, &url, number).await?;
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    runtime.block_on(local.run_until(async {
        for task in tasks {
            task.await??;
        }
        Ok(())
    }))
}

async fn ask(client: &reqwest::Client, url: &str, number: u32) -> std::result::Result<(), String> {
    let (password, wanted) = match number % 2 {
        0 => (PASSWORD.to_owned(), 200),
        _ => (format!("no-{number:040}"), 401),
    };
    let request = client.get(url).basic_auth(USER, Some(password));
    let response = request.send().await.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    response.bytes().await.map_err(|error| error.to_string())?;
    match status == wanted {
        true => Ok(()),
        false => Err(format!("request {number} was answered {status}")),
    }
}
